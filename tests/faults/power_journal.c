/* Writes down what a process does to the files of one folder, so that a test can rebuild what a power cut would leave.
 *
 * Loaded with LD_PRELOAD. POWER_FOLDER is the folder, POWER_JOURNAL the file of entries; tests/faults/power_cut.py reads
 * them. An entry is a kind, a token (which open it belongs to), a number and some bytes:
 *
 *   O  opened      number: 1 where this open made the file     bytes: path
 *   W  wrote       number: offset                              bytes: what was written
 *   T  truncated   number: new length
 *   S  synced      number: entries there were when it began; only writes before those are surely covered
 *   U  unlinked                                                bytes: path
 *   A  acknowledged (written to standard output)               bytes: what was written
 *
 * A write is entered after it was done and a sync after it has succeeded: what is in doubt counts as not durable.
 * While the file named by POWER_FAIL exists, every sync in the folder fails with EIO.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 4096

struct __attribute__((packed)) entry {
    char kind;
    uint64_t token, number;
    uint32_t length;
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int journal = -1;
static uint64_t entries, tokens;
static uint64_t token_of[FILES]; /* by descriptor; 0: not ours */

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);

__attribute__((constructor)) static void begin(void) {
    real_open = dlsym(RTLD_NEXT, "open");
    real_openat = dlsym(RTLD_NEXT, "openat");
    real_close = dlsym(RTLD_NEXT, "close");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    folder = getenv("POWER_FOLDER");
    folder_length = folder ? strlen(folder) : 0;
    const char *path = getenv("POWER_JOURNAL");
    if (path)
        journal = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int ours(const char *path) {
    return journal >= 0 && folder && strncmp(path, folder, folder_length) == 0 &&
           (path[folder_length] == '/' || path[folder_length] == 0);
}

static uint64_t token_for(int fd) { return fd >= 0 && fd < FILES ? token_of[fd] : 0; }

static void enter(char kind, uint64_t token, uint64_t number, const void *bytes, size_t length) {
    struct entry head = {kind, token, number, (uint32_t)length};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)bytes, length}};
    pthread_mutex_lock(&turn);
    if (writev(journal, parts, 2) != (ssize_t)(sizeof head + length))
        abort(); /* a journal with a hole would prove nothing */
    entries++;
    pthread_mutex_unlock(&turn);
}

static uint64_t entries_now(void) {
    pthread_mutex_lock(&turn);
    uint64_t now = entries;
    pthread_mutex_unlock(&turn);
    return now;
}

static int opened(int fd, const char *path, int made) {
    if (fd >= FILES)
        abort();
    if (fd >= 0) {
        pthread_mutex_lock(&turn);
        uint64_t token = token_of[fd] = ++tokens;
        pthread_mutex_unlock(&turn);
        enter('O', token, (uint64_t)made, path, strlen(path));
    }
    return fd;
}

static int open_any(const char *path, int flags, mode_t mode) {
    if (!ours(path))
        return real_open(path, flags, mode);
    struct stat found;
    int made = (flags & O_CREAT) && stat(path, &found) != 0;
    int fd = opened(real_open(path, flags, mode), path, made);
    if (fd >= 0 && (flags & O_TRUNC))
        enter('T', token_for(fd), 0, "", 0);
    return fd;
}

static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return open_any(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return open_any(path, flags | O_LARGEFILE, mode);
}

int openat(int at, const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return path[0] == '/' ? open_any(path, flags, mode) : real_openat(at, path, flags, mode);
}

int close(int fd) {
    if (fd >= 0 && fd < FILES)
        token_of[fd] = 0;
    return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    uint64_t token = token_for(fd);
    if (fd == STDOUT_FILENO && journal >= 0)
        enter('A', 0, 0, bytes, length);
    if (!token)
        return real_write(fd, bytes, length);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done = real_write(fd, bytes, length);
    if (done > 0)
        enter('W', token, (uint64_t)offset, bytes, (size_t)done);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    ssize_t done = real_pwrite(fd, bytes, length, offset);
    uint64_t token = token_for(fd);
    if (token && done > 0)
        enter('W', token, (uint64_t)offset, bytes, (size_t)done);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return pwrite(fd, bytes, length, offset); }

int ftruncate(int fd, off_t length) {
    int result = real_ftruncate(fd, length);
    uint64_t token = token_for(fd);
    if (token && result == 0)
        enter('T', token, (uint64_t)length, "", 0);
    return result;
}

int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

static int sync_any(int fd, int (*real)(int)) {
    uint64_t token = token_for(fd);
    if (!token)
        return real(fd);
    const char *fail = getenv("POWER_FAIL");
    struct stat found;
    if (fail && stat(fail, &found) == 0) {
        errno = EIO;
        return -1;
    }
    uint64_t before = entries_now();
    int result = real(fd);
    if (result == 0)
        enter('S', token, before, "", 0);
    return result;
}

int fsync(int fd) { return sync_any(fd, real_fsync); }

int fdatasync(int fd) { return sync_any(fd, real_fdatasync); }

int unlink(const char *path) {
    int result = real_unlink(path);
    if (result == 0 && ours(path))
        enter('U', 0, 0, path, strlen(path));
    return result;
}
