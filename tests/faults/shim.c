/* Counts the operations of a process that change files, and ends it by SIGKILL or fills its disk at the n-th of them.

   Preloaded (LD_PRELOAD) it stands before the C library's functions, so that what SQLite, tantivy and FAISS do is
   counted like what Python does. It does nothing until `faults_arm` is called. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, TEAR, FULL };

static atomic_int mode = OFF;
static atomic_long done = 0, limit = 0;

void faults_arm(int wanted, long at) {
    atomic_store(&done, 0);
    atomic_store(&limit, at);
    atomic_store(&mode, wanted);
}

long faults_count(void) { return atomic_load(&done); }

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Whether the operation that begins now is to be torn (1) or refused (-1). */
static int begins(void) {
    int now = atomic_load(&mode);
    if (now == OFF) return 0;
    long number = atomic_fetch_add(&done, 1) + 1, at = atomic_load(&limit);
    if (now == KILL && number == at) die();
    if (now == TEAR && number == at) return 1;
    return now == FULL && number >= at ? -1 : 0;
}

static int is_file(int descriptor) {
    struct stat status;
    int before = errno, found = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    errno = before;
    return found;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define REFUSED(value) do { errno = ENOSPC; return value; } while (0)

/* What writes: it can be torn, so that half of it is written. */
#define WRITES(name, parameters, half, whole) \
    ssize_t name parameters { \
        REAL(name); \
        if (!is_file(fd)) return real whole; \
        int fate = begins(); \
        if (fate < 0) REFUSED(-1); \
        if (fate > 0) { real half; die(); } \
        return real whole; \
    }

WRITES(write, (int fd, const void *data, size_t size), (fd, data, size / 2), (fd, data, size))
WRITES(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size / 2, at), (fd, data, size, at))
WRITES(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size / 2, at), (fd, data, size, at))
WRITES(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count / 2), (fd, parts, count))

size_t fwrite(const void *data, size_t size, size_t count, FILE *file) {
    REAL(fwrite);
    if (!is_file(fileno(file))) return real(data, size, count, file);
    int fate = begins();
    if (fate < 0) REFUSED(0);
    if (fate > 0) { real(data, size, count / 2, file); fflush(file); die(); }
    return real(data, size, count, file);
}

/* What takes room on the disk, or only changes names and contents: killed before it, or, where torn, after it. */
#define CHANGES(type, name, parameters, arguments, takes_room) \
    type name parameters { \
        REAL(name); \
        int fate = begins(); \
        if (fate < 0 && (takes_room)) REFUSED(-1); \
        type result = real arguments; \
        if (fate > 0) die(); \
        return result; \
    }

CHANGES(int, fsync, (int fd), (fd), 0)
CHANGES(int, fdatasync, (int fd), (fd), 0)
CHANGES(int, ftruncate, (int fd, off_t size), (fd, size), 0)
CHANGES(int, ftruncate64, (int fd, off64_t size), (fd, size), 0)
CHANGES(int, rename, (const char *from, const char *to), (from, to), 0)
CHANGES(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), 0)
CHANGES(int, link, (const char *from, const char *to), (from, to), 1)
CHANGES(int, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags), 1)
CHANGES(int, unlink, (const char *path), (path), 0)
CHANGES(int, unlinkat, (int a, const char *path, int flags), (a, path, flags), 0)
CHANGES(int, mkdir, (const char *path, mode_t bits), (path, bits), 1)
CHANGES(int, rmdir, (const char *path), (path), 0)
CHANGES(ssize_t, sendfile, (int to, int from, off_t *at, size_t size), (to, from, at, size), 1)
CHANGES(ssize_t, sendfile64, (int to, int from, off64_t *at, size_t size), (to, from, at, size), 1)

/* Opening is counted where it makes a file. */
#define OPENS(name, before_path, pass_path) \
    int name before_path { \
        REAL(name); \
        mode_t bits = 0; \
        if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) { va_list rest; va_start(rest, flags); bits = va_arg(rest, int); va_end(rest); } \
        int fate = flags & O_CREAT ? begins() : 0; \
        if (fate < 0) REFUSED(-1); \
        int result = real pass_path; \
        if (fate > 0) die(); \
        return result; \
    }

OPENS(open, (const char *path, int flags, ...), (path, flags, bits))
OPENS(open64, (const char *path, int flags, ...), (path, flags, bits))
OPENS(openat, (int at, const char *path, int flags, ...), (at, path, flags, bits))
OPENS(openat64, (int at, const char *path, int flags, ...), (at, path, flags, bits))
