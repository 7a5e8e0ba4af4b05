/* Raw TCP: one send() a delivery, nothing else. The physical limit of one write per subscriber.
 *
 * Says "ready feed=PORT publish=PORT"; each line that comes by the second port goes to everybody
 * on the first. Ends with its standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 100000

static int feed[MOST], count;

static int listen_somewhere(int *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, size) || listen(fd, 4096)) exit(1);
    getsockname(fd, (struct sockaddr *)&address, &size);
    *port = ntohs(address.sin_port);
    return fd;
}

static void send_whole(int fd, const char *at, size_t size) {
    while (size) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EAGAIN) continue;
            return;
        }
        at += n;
        size -= n;
    }
}

int main(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int feed_port, publish_port, poller = epoll_create1(0), one = 1;
    int feeds = listen_somewhere(&feed_port), publishers = listen_somewhere(&publish_port);
    int listened[] = {0, feeds, publishers};
    for (int k = 0; k < 3; k++)
        epoll_ctl(poller, EPOLL_CTL_ADD, listened[k], &(struct epoll_event){.events = EPOLLIN, .data.fd = listened[k]});
    printf("ready feed=%d publish=%d\n", feed_port, publish_port);
    fflush(stdout);
    static char data[1 << 20];
    size_t kept = 0;
    for (;;) {
        struct epoll_event found[64];
        int n = epoll_wait(poller, found, 64, -1);
        for (int k = 0; k < n; k++) {
            int fd = found[k].data.fd;
            if (fd == 0) {
                if (read(0, data, 1) <= 0) return 0;
            } else if (fd == feeds) {
                int accepted = accept4(feeds, NULL, NULL, SOCK_NONBLOCK);
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                if (accepted >= 0 && count < MOST) feed[count++] = accepted;
            } else if (fd == publishers) {
                int accepted = accept4(publishers, NULL, NULL, SOCK_NONBLOCK);
                epoll_ctl(poller, EPOLL_CTL_ADD, accepted, &(struct epoll_event){.events = EPOLLIN, .data.fd = accepted});
            } else {
                ssize_t got = recv(fd, data + kept, sizeof data - kept, 0);
                if (got <= 0) {
                    if (got == 0) close(fd);
                    continue;
                }
                char *at = data, *end = data + kept + got, *newline;
                while ((newline = memchr(at, '\n', end - at))) {
                    for (int s = 0; s < count; s++) send_whole(feed[s], at, newline + 1 - at);
                    at = newline + 1;
                }
                kept = end - at;
                memmove(data, at, kept);
            }
        }
    }
}
