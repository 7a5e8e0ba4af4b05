/* Subscribers and publishers of one measurement, in one process on one core.
 *
 * Usage: subscribers SUBSCRIBERS tcp|ws HOST:PORT PATH SAYINGS PUBLISH_PORT SCRIPT PID
 *
 * SAYINGS is a file with what each subscriber says after its handshake: records of u8 opcode, u32 length, bytes.
 * SCRIPT is a file with what is published: u32 number of publishers; for each u32 length and the bytes that it says
 * first; then for each event u32 publisher, u32 length, bytes; the top bit of the publisher says that nothing is heard
 * of the event. PID is the process whose processor time is told.
 *
 * It connects, says "ready connected=N", and then obeys lines on standard input:
 *
 *   rate EVENTS_PER_SECOND WARM_UP SECONDS OUT     open loop: each event is due at a fixed time, whatever happens
 *   window EVENTS WARM_UP SECONDS OUT              closed loop: so many events are on their way at a time
 *   hold SECONDS                                   only read
 *
 * An event is known by the stamp in what is delivered: ,"at":T where T is 1900000000000 plus the number of the event.
 * Whoever sees a later event than the next has been given those between in a conflated message, at the latest then.
 * The time of a delivery counts from when its event was due. OUT gets lines "microseconds count", coarser where longer.
 * All integers in files are little-endian. The answer is one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BASE 1900000000000LL
#define STAMP ",\"at\":"
#define STAMP_SIZE 6
#define DIGITS 13
#define CARRY (STAMP_SIZE + DIGITS)
#define CHUNK 262144
#define LATE 0.3 /* seconds: an outlier that is listed */

typedef struct {
    int fd;
    long next;                 /* the event that it waits for */
    size_t kept;               /* bytes of the last chunk that may begin a stamp */
    char tail[CARRY];
    uint64_t left;             /* bytes of the frame under way */
    unsigned char head[14];    /* of a frame that is not whole yet */
    size_t had;
    int ping;                  /* the frame under way is one */
    size_t gathered;
    unsigned char echo[125];
} Subscriber;

typedef struct {
    int fd;
    char *rest; /* what the socket did not take */
    size_t size, room;
} Publisher;

typedef struct {
    uint32_t publisher, size;
    int silent;    /* nobody hears of it */
    const char *data;
    double due;
    double last;   /* when the last subscriber so far had it */
    long had;      /* subscribers that have it */
} Event;

static Subscriber *subscribers;
static Publisher *publishers;
static Event *events;
static long count, publisher_count, event_count, sent, whole, first_event, measured_from, measured_to;
static int websocket;
static char *chunk;
static long deliveries, conflated;
static uint64_t bytes;
static double measure_begin, measure_end;
static unsigned *histogram;
#define FINE 200000       /* below 0.2 s: 1 us */
#define MIDDLE 80000      /* below 1 s: 10 us */
#define COARSE 60000      /* above: 1 ms */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    fprintf(stderr, "subscribers: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double cpu_of(int pid) {
    clockid_t id;
    struct timespec t;
    if (pid <= 0 || clock_getcpuclockid(pid, &id) || clock_gettime(id, &t)) return 0;
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static double own_cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static char *slurp(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    *size = ftell(file);
    rewind(file);
    char *data = malloc(*size + 1);
    if (fread(data, 1, *size, file) != *size) fail(path);
    fclose(file);
    data[*size] = 0;
    return data;
}

static uint32_t number(const char *at) {
    uint32_t value;
    memcpy(&value, at, 4);
    return value;
}

static int dial(const char *host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (int tries = 0; connect(fd, (struct sockaddr *)&address, sizeof address); tries++) {
        if (tries > 50) fail("connect");
        usleep(20000);
    }
    return fd;
}

static void say_all(int fd, const void *data, size_t size) {
    const char *at = data;
    while (size) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EAGAIN) { usleep(100); continue; }
            fail("send");
        }
        at += n;
        size -= n;
    }
}

static void say_frame(int fd, int opcode, const char *data, size_t size) {
    unsigned char head[14] = {0x80 | opcode};
    size_t length = 2;
    if (size < 126) head[1] = 0x80 | size;
    else { head[1] = 0x80 | 126; head[2] = size >> 8; head[3] = size; length = 4; }
    length += 4; /* a mask of zeroes */
    say_all(fd, head, length);
    if (size) say_all(fd, data, size);
}

static void shake_hands(int fd, const char *host, int port, const char *path) {
    char text[1024];
    int size = snprintf(text, sizeof text,
                        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        path, host, port);
    say_all(fd, text, size);
    size_t had = 0;
    while (had < sizeof text - 1) { /* byte by byte, so that nothing of the first frame is taken */
        if (recv(fd, text + had, 1, 0) != 1) fail("handshake");
        text[++had] = 0;
        if (had >= 4 && !memcmp(text + had - 4, "\r\n\r\n", 4)) break;
    }
    if (!strstr(text, " 101 ")) {
        fprintf(stderr, "subscribers: handshake: %.100s\n", text);
        exit(1);
    }
}

static void count_delivery(Subscriber *one, long event, double at) {
    if (event < one->next || event >= sent) return;
    for (long k = one->next; k <= event; k++) {
        Event *its = &events[k];
        if (its->silent) continue;
        its->had++;
        its->last = at;
        if (k < event) conflated++;
        if (k >= measured_from && k < measured_to) {
            double late = at - its->due;
            long us = late < 0 ? 0 : (long)(late * 1e6);
            long place = us < 200000 ? us
                       : us < 1000000 ? FINE + (us - 200000) / 10
                       : FINE + MIDDLE + (us - 1000000) / 1000;
            if (place >= FINE + MIDDLE + COARSE) place = FINE + MIDDLE + COARSE - 1;
            histogram[place]++;
        }
        if (at >= measure_begin && at < measure_end) deliveries++;
    }
    one->next = event + 1;
}

/* Answer pings; everything else of the frames does not matter here. */
static void follow_frames(Subscriber *one, const unsigned char *at, size_t size) {
    while (size) {
        if (one->left) {
            size_t n = size < one->left ? size : one->left;
            if (one->ping) {
                memcpy(one->echo + one->gathered, at, n);
                one->gathered += n;
            }
            one->left -= n;
            at += n;
            size -= n;
        } else {
            one->head[one->had++] = *at++;
            size--;
            if (one->had < 2) continue;
            unsigned length = one->head[1] & 0x7f;
            size_t whole_head = length == 126 ? 4 : length == 127 ? 10 : 2;
            if (one->had < whole_head) continue;
            one->left = length;
            if (length >= 126) {
                one->left = 0;
                for (size_t k = 2; k < whole_head; k++) one->left = one->left << 8 | one->head[k];
            }
            one->ping = (one->head[0] & 15) == 9;
            if ((one->head[0] & 15) == 8) {
                fprintf(stderr, "subscribers: the server closed a connection\n");
                exit(1);
            }
            one->gathered = one->had = 0;
        }
        if (one->ping && !one->left) {
            say_frame(one->fd, 10, (char *)one->echo, one->gathered);
            one->ping = 0;
        }
    }
}

static void hear(Subscriber *one) {
    for (;;) {
        memcpy(chunk, one->tail, one->kept);
        ssize_t n = recv(one->fd, chunk + one->kept, CHUNK, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) {
            fprintf(stderr, "subscribers: a connection was cut\n");
            exit(1);
        }
        bytes += n;
        if (websocket) follow_frames(one, (unsigned char *)chunk + one->kept, n);
        size_t size = one->kept + n;
        double at = now();
        char *place = chunk, *end = chunk + size;
        while ((place = memmem(place, end - place, STAMP, STAMP_SIZE))) {
            if (end - place < CARRY) break;
            long long value = 0;
            char *digit = place + STAMP_SIZE, *last = digit + DIGITS;
            while (digit < last && *digit >= '0' && *digit <= '9') value = value * 10 + *digit++ - '0';
            if (digit == last) count_delivery(one, (long)(value - BASE), at);
            place += STAMP_SIZE;
        }
        one->kept = size < CARRY - 1 ? size : CARRY - 1; /* one less than a stamp, so that none counts twice */
        memcpy(one->tail, end - one->kept, one->kept);
        if (n < CHUNK) return;
    }
}

static void push_out(Publisher *one, const char *data, size_t size) {
    if (!one->size) {
        ssize_t n = send(one->fd, data, size, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) fail("publish");
        if (n > 0) { data += n; size -= n; }
    }
    if (!size) return;
    if (one->size + size > one->room) {
        one->room = (one->size + size) * 2;
        one->rest = realloc(one->rest, one->room);
    }
    memcpy(one->rest + one->size, data, size);
    one->size += size;
}

static void push_rest(Publisher *one) {
    if (!one->size) return;
    ssize_t n = send(one->fd, one->rest, one->size, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) fail("publish");
    if (n > 0) {
        memmove(one->rest, one->rest + n, one->size - n);
        one->size -= n;
    }
}

static void read_publisher(Publisher *one) {
    ssize_t n = recv(one->fd, chunk, CHUNK, 0);
    if (!n) {
        fprintf(stderr, "subscribers: a publisher was cut off\n");
        exit(1);
    }
    if (n > 4 && !memcmp(chunk, "PING\r\n", 6)) push_out(one, "PONG\r\n", 6);
    if (n > 4 && (!memcmp(chunk, "ERR ", 4) || !memcmp(chunk, "-ERR", 4))) {
        fprintf(stderr, "subscribers: a publisher heard %.200s\n", chunk);
        exit(1);
    }
}

static void publish(double due) {
    Event *its = &events[sent++];
    its->due = due;
    push_out(&publishers[its->publisher], its->data, its->size);
}

static void turn(int poller, int wait) {
    struct epoll_event found[256];
    int n = epoll_wait(poller, found, 256, wait);
    for (int k = 0; k < n; k++) {
        long which = (long)found[k].data.u64;
        if (which < count) hear(&subscribers[which]);
        else read_publisher(&publishers[which - count]);
    }
    for (long k = 0; k < publisher_count; k++) push_rest(&publishers[k]);
}

static void write_times(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file) fail(path);
    for (long k = 0; k < FINE + MIDDLE + COARSE; k++)
        if (histogram[k])
            fprintf(file, "%ld %u\n",
                    k < FINE ? k : k < FINE + MIDDLE ? 200000 + (k - FINE) * 10 : 1000000 + (k - FINE - MIDDLE) * 1000,
                    histogram[k]);
    fclose(file);
}

static void measure(int poller, int open_loop, double amount, double warm_up, double seconds, int pid, const char *out) {
    double begin = now() + 0.02, end = begin + warm_up + seconds, cpu = 0, own = 0, cpu_end = 0, own_end = 0;
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    double wall_begin = wall.tv_sec + wall.tv_nsec * 1e-9 + begin - now();
    memset(histogram, 0, (FINE + MIDDLE + COARSE) * sizeof *histogram);
    deliveries = conflated = 0;
    bytes = 0;
    uint64_t bytes_begin = 0, bytes_end = 0;
    measure_begin = begin + warm_up;
    measure_end = end;
    first_event = sent;
    measured_from = open_loop ? sent + (long)(amount * warm_up) : event_count;
    measured_to = open_loop ? sent + (long)(amount * (warm_up + seconds)) : event_count;
    int phase = 0, stuck = 0;
    double moved = now();
    for (;;) {
        double t = now();
        if (phase == 0 && t >= measure_begin) {
            phase = 1, cpu = cpu_of(pid), own = own_cpu(), bytes_begin = bytes;
            if (!open_loop) measured_from = sent;
        }
        if (phase == 1 && t >= end) {
            phase = 2, cpu_end = cpu_of(pid), own_end = own_cpu(), bytes_end = bytes;
            if (!open_loop) measured_to = sent;
        }
        if (phase == 2) break;
        if (open_loop) {
            double due;
            while (sent < event_count && (due = begin + (sent - first_event) / amount) <= t && due < end) publish(due);
        } else {
            while (whole < sent && (events[whole].silent || events[whole].had >= count)) whole++, moved = t;
            if (whole < sent && t - moved > 2) whole = sent, stuck++, moved = t; /* a message was lost on us */
            while (sent < event_count && sent - whole < (long)amount) publish(t);
        }
        turn(poller, 0);
    }
    double grace = now() + 5; /* what is still on its way */
    for (;;) {
        while (whole < sent && (events[whole].silent || events[whole].had >= count)) whole++;
        if (whole == sent || now() > grace) break;
        turn(poller, 1);
    }
    long missing = 0;
    for (long k = measured_from; k < measured_to && k < sent; k++)
        if (!events[k].silent) missing += count - events[k].had;
    write_times(out);
    printf("{\"seconds\":%.6f,\"events\":%ld,\"deliveries\":%ld,\"conflated\":%ld,\"missing\":%ld,\"stuck\":%d,"
           "\"bytes\":%llu,\"cpu\":%.6f,\"own_cpu\":%.6f,\"began\":%.6f,\"outliers\":[",
           seconds, (measured_to < sent ? measured_to : sent) - measured_from, deliveries, conflated, missing, stuck,
           (unsigned long long)(bytes_end - bytes_begin), cpu_end - cpu, own_end - own, wall_begin);
    int listed = 0;
    for (long k = measured_from; k < measured_to && k < sent && listed < 5000; k++) {
        double late = events[k].last - events[k].due;
        if (open_loop && !events[k].silent && (late > LATE || !events[k].had))
            printf("%s[%ld,%.3f,%.1f]", listed++ ? "," : "", k, events[k].due - begin, late * 1000);
    }
    printf("]}\n");
    fflush(stdout);
}

static void read_script(const char *path, int port) {
    size_t size;
    char *data = slurp(path, &size), *at = data, *end = data + size;
    publisher_count = number(at);
    at += 4;
    publishers = calloc(publisher_count ? publisher_count : 1, sizeof *publishers);
    for (long k = 0; k < publisher_count; k++) {
        uint32_t length = number(at);
        publishers[k].fd = dial("127.0.0.1", port);
        say_all(publishers[k].fd, at + 4, length);
        fcntl(publishers[k].fd, F_SETFL, O_NONBLOCK);
        at += 4 + length;
    }
    long room = 1024;
    events = malloc(room * sizeof *events);
    while (at < end) {
        if (event_count == room) events = realloc(events, (room *= 2) * sizeof *events);
        events[event_count++] =
            (Event){number(at) & 0x7fffffff, number(at + 4), number(at) >> 31, at + 8, 0, 0, 0};
        at += 8 + number(at + 4);
    }
}

int main(int argc, char **argv) {
    if (argc != 9) {
        fprintf(stderr, "usage: subscribers SUBSCRIBERS tcp|ws HOST:PORT PATH SAYINGS PUBLISH_PORT SCRIPT PID\n");
        return 2;
    }
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    count = atol(argv[1]);
    websocket = !strcmp(argv[2], "ws");
    char *colon = strchr(argv[3], ':');
    *colon = 0;
    int port = atoi(colon + 1), pid = atoi(argv[8]), poller = epoll_create1(0);
    chunk = malloc(CHUNK + CARRY);
    histogram = calloc(FINE + MIDDLE + COARSE, sizeof *histogram);
    subscribers = calloc(count ? count : 1, sizeof *subscribers);
    size_t size;
    char *sayings = slurp(argv[5], &size);
    for (long k = 0; k < count; k++) {
        Subscriber *one = &subscribers[k];
        one->fd = dial(argv[3], port);
        if (websocket) shake_hands(one->fd, argv[3], port, argv[4]);
        for (char *at = sayings; at < sayings + size;) {
            uint32_t length = number(at + 1);
            if (websocket) say_frame(one->fd, *at, at + 5, length);
            else say_all(one->fd, at + 5, length);
            at += 5 + length;
        }
        fcntl(one->fd, F_SETFL, O_NONBLOCK);
        epoll_ctl(poller, EPOLL_CTL_ADD, one->fd,
                  &(struct epoll_event){.events = EPOLLIN, .data.u64 = (uint64_t)k});
        if (k % 64 == 63) turn(poller, 0);
    }
    if (strcmp(argv[7], "-")) read_script(argv[7], atoi(argv[6]));
    for (long k = 0; k < publisher_count; k++)
        epoll_ctl(poller, EPOLL_CTL_ADD, publishers[k].fd,
                  &(struct epoll_event){.events = EPOLLIN, .data.u64 = (uint64_t)(count + k)});
    for (double until = now() + 1; now() < until;) turn(poller, 10);
    printf("ready connected=%ld events=%ld\n", count, event_count);
    fflush(stdout);
    char line[4096], out[4096];
    double amount, warm_up, seconds;
    struct pollfd input = {.fd = 0, .events = POLLIN};
    for (;;) {
        while (!poll(&input, 1, 0)) turn(poller, 5);
        if (!fgets(line, sizeof line, stdin)) return 0;
        if (sscanf(line, "rate %lf %lf %lf %4000s", &amount, &warm_up, &seconds, out) == 4)
            measure(poller, 1, amount, warm_up, seconds, pid, out);
        else if (sscanf(line, "window %lf %lf %lf %4000s", &amount, &warm_up, &seconds, out) == 4)
            measure(poller, 0, amount, warm_up, seconds, pid, out);
        else if (sscanf(line, "hold %lf", &seconds) == 1) {
            for (double until = now() + seconds; now() < until;) turn(poller, 5);
            printf("held\n");
            fflush(stdout);
        }
    }
}
