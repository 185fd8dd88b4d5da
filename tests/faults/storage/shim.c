/* Stands between a program and its disk: records every change of the files below one folder, in the
 * order in which they take effect, and fails calls when it is told to.
 *
 * Loaded with LD_PRELOAD it takes its settings from the environment: STORAGE_ROOT is the folder that
 * is watched, STORAGE_CONTROL the file that processes share, STORAGE_LOG the record. A campaign loads
 * it as an ordinary library instead, calls storage_attach, and then writes notes of its own (what was
 * acknowledged) into the same order.
 *
 * Of a change the record is written first and the change made next, both under one lock that all
 * processes share: a process that is killed in between has recorded a write that nobody waited for.
 * A sync is recorded at its begin and at its end, because writes go on meanwhile. A sync that is made
 * to fail does not reach the disk, and like the kernel it tells every descriptor of the file once.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC_BEGIN, SYNC_END, RENAME, UNLINK, LINK, FOLDER, MAPPED, NOTE };
enum { DURABLE = 0, FAILED = 1, TOLD = 2 };
enum { ON_OPEN = 0, ON_WRITE, ON_TRUNCATE, ON_SYNC, KINDS };
enum { LOG_FILE = 1, LOG_WAL = 2, KEYS_FILE = 4, KEYS_WAL = 8, OUTSIDE = 16, OTHER = 32 };

#define MOST_DESCRIPTORS 65536
#define MOST_FILES 4096

struct rule {
    uint32_t files; /* which files, a sum of the above; 0 for none */
    int32_t error;
    uint32_t one_in; /* of so many calls one fails */
    int32_t left;    /* so many failures are left; negative without end */
    uint32_t torn;   /* of so many failing writes one writes a part first; 0 for none */
    uint32_t hits;
};

struct control {
    pthread_mutex_t mutex;
    uint64_t end;   /* bytes of whole records */
    uint64_t syncs; /* how many syncs began */
    uint64_t random;
    struct rule rules[KINDS];
};

struct header {
    uint32_t payload;
    uint8_t what, result, spare[2];
    uint32_t process, spare2;
    uint64_t file, at, token;
};

struct file {
    uint64_t number;
    uint32_t kind;
    uint32_t errors; /* failed syncs of it, each to be told to every descriptor */
};

static struct control *control;
static int record = -1;
static char root[PATH_MAX];
static size_t root_length;
static struct file files[MOST_FILES];
static int known;
static struct { int file; uint32_t seen; } descriptors[MOST_DESCRIPTORS]; /* file is its place + 1 */

static void lock(void) {
    if (pthread_mutex_lock(&control->mutex) == EOWNERDEAD) {
        /* Killed while it recorded: what it had written of a record is cut off. */
        syscall(SYS_ftruncate, record, control->end);
        pthread_mutex_consistent(&control->mutex);
    }
}

static void unlock(void) { pthread_mutex_unlock(&control->mutex); }

static void append(int what, int result, uint64_t file, uint64_t at, uint64_t token, const void *data,
                   size_t size) {
    struct header head = {.payload = size, .what = what, .result = result, .process = getpid(),
                          .file = file, .at = at, .token = token};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, size}};
    if (syscall(SYS_writev, record, parts, 2) != (long)(sizeof head + size)) abort();
    control->end += sizeof head + size;
}

__attribute__((visibility("default"))) int storage_attach(const char *shared, const char *log, int fresh) {
    int descriptor = syscall(SYS_openat, AT_FDCWD, shared, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0 || syscall(SYS_ftruncate, descriptor, sizeof(struct control))) return -1;
    struct control *map = (void *)syscall(SYS_mmap, NULL, sizeof *map, PROT_READ | PROT_WRITE, MAP_SHARED,
                                          descriptor, 0);
    syscall(SYS_close, descriptor);
    if (map == MAP_FAILED) return -1;
    if (fresh) {
        pthread_mutexattr_t shared_by_all;
        pthread_mutexattr_init(&shared_by_all);
        pthread_mutexattr_setpshared(&shared_by_all, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&shared_by_all, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&map->mutex, &shared_by_all);
        map->random = 88172645463325252ull;
    }
    descriptor = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    record = fcntl(descriptor, F_DUPFD_CLOEXEC, 700); /* out of the way of programs that count */
    syscall(SYS_close, descriptor);
    if (record < 0) return -1;
    control = map;
    return 0;
}

__attribute__((visibility("default"))) void storage_note(const void *data, size_t size) {
    lock();
    append(NOTE, 0, 0, 0, 0, data, size);
    unlock();
}

__attribute__((visibility("default"))) void storage_fail(int kind, uint32_t which, int error, uint32_t one_in,
                                                         int left, uint32_t torn) {
    lock();
    struct rule *rule = &control->rules[kind];
    *rule = (struct rule){which, error, one_in, left, torn, rule->hits};
    unlock();
}

__attribute__((visibility("default"))) uint32_t storage_hits(int kind) { return control->rules[kind].hits; }

__attribute__((constructor)) static void begin(void) {
    const char *shared = getenv("STORAGE_CONTROL"), *log = getenv("STORAGE_LOG"), *where = getenv("STORAGE_ROOT");
    if (!shared || !log || !where || strlen(where) >= sizeof root) return;
    strcpy(root, where);
    if (storage_attach(shared, log, 0)) abort();
    root_length = strlen(root); /* from here on it watches */
}

/* The path in full when it is watched, else NULL. */
static const char *watched(const char *path, char *space) {
    if (!root_length || !path) return NULL;
    if (path[0] != '/') {
        if (!getcwd(space, PATH_MAX) || strlen(space) + strlen(path) + 2 > PATH_MAX) return NULL;
        strcat(strcat(space, "/"), path);
        path = space;
    }
    if (strncmp(path, root, root_length) || (path[root_length] && path[root_length] != '/')) return NULL;
    size_t length = strlen(path);
    return length > 4 && !strcmp(path + length - 4, "-shm") ? NULL : path;
}

static uint32_t kind_of(const char *path) {
    const char *name = strrchr(path, '/') + 1;
    if (!strcmp(name, "termwise.db")) return LOG_FILE;
    if (!strcmp(name, "termwise.db-wal")) return LOG_WAL;
    if (!strcmp(name, "keys.db")) return KEYS_FILE;
    if (!strcmp(name, "keys.db-wal")) return KEYS_WAL;
    return strstr(path, "/checkpoints") ? OUTSIDE : OTHER;
}

static int fails(int on, uint32_t kind) {
    struct rule *rule = &control->rules[on];
    if (!(rule->files & kind) || !rule->left) return 0;
    control->random ^= control->random << 13, control->random ^= control->random >> 7;
    control->random ^= control->random << 17;
    if (control->random % rule->one_in) return 0;
    if (rule->left > 0) rule->left--;
    rule->hits++;
    return rule->error;
}

static int place_of(uint64_t number, uint32_t kind, int created) {
    for (int place = 0; place < known; place++)
        if (files[place].number == number) {
            if (created) files[place] = (struct file){number, kind, 0};
            return place;
        }
    if (known == MOST_FILES) abort();
    files[known] = (struct file){number, kind, 0};
    return known++;
}

static struct file *file_of(int descriptor) {
    if (!root_length || descriptor < 0 || descriptor >= MOST_DESCRIPTORS || !descriptors[descriptor].file)
        return NULL;
    return &files[descriptors[descriptor].file - 1];
}

static int opened(int folder, const char *path, int flags, mode_t mode) {
    char space[PATH_MAX];
    const char *full = folder == AT_FDCWD ? watched(path, space) : NULL;
    if (!full) return syscall(SYS_openat, folder, path, flags, mode);
    lock();
    int error = (flags & O_ACCMODE) == O_RDONLY ? 0 : fails(ON_OPEN, kind_of(full));
    struct stat before, now;
    int there = !stat(full, &before);
    int descriptor = error ? -1 : syscall(SYS_openat, folder, path, flags, mode);
    if (!error) error = errno;
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS && !fstat(descriptor, &now)) {
        int place = place_of(now.st_ino, kind_of(full), !there);
        descriptors[descriptor].file = place + 1;
        descriptors[descriptor].seen = files[place].errors;
        if (!there) append(CREATE, 0, now.st_ino, 0, 0, full, strlen(full));
        else if ((flags & O_TRUNC) && before.st_size) append(TRUNCATE, 0, now.st_ino, 0, 0, NULL, 0);
    }
    unlock();
    errno = error;
    return descriptor;
}

#define MODE_OF(flags)                                          \
    mode_t mode = 0;                                            \
    if (flags & (O_CREAT | O_TMPFILE)) {                        \
        va_list more;                                           \
        va_start(more, flags);                                  \
        mode = va_arg(more, mode_t);                            \
        va_end(more);                                           \
    }

int open(const char *path, int flags, ...) { MODE_OF(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return opened(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE_OF(flags) return opened(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) {
    MODE_OF(flags) return opened(folder, path, flags, mode);
}

int close(int descriptor) {
    if (descriptor == record && record >= 0) return 0;
    if (file_of(descriptor)) descriptors[descriptor].file = 0;
    return syscall(SYS_close, descriptor);
}

static ssize_t written(struct file *file, int descriptor, const void *data, size_t size, off_t at) {
    lock();
    int error = fails(ON_WRITE, file->kind);
    struct rule *rule = &control->rules[ON_WRITE];
    if (error && rule->torn && size > 1 && control->random / 7 % rule->torn == 0) {
        size = 1 + control->random / 11 % (size - 1);
        error = 0; /* the next call says why it was less */
    }
    ssize_t done = -1;
    if (!error) {
        if (at < 0) {
            struct stat now;
            int appends = fcntl(descriptor, F_GETFL) & O_APPEND;
            fstat(descriptor, &now);
            at = appends ? now.st_size : syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
            append(WRITE, 0, file->number, at, 0, data, size);
            done = syscall(SYS_write, descriptor, data, size);
        } else {
            append(WRITE, 0, file->number, at, 0, data, size);
            done = syscall(SYS_pwrite64, descriptor, data, size, at);
        }
        error = errno;
    }
    unlock();
    errno = error;
    return done;
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t at) {
    struct file *file = file_of(descriptor);
    return file ? written(file, descriptor, data, size, at) : syscall(SYS_pwrite64, descriptor, data, size, at);
}
ssize_t pwrite(int descriptor, const void *data, size_t size, off_t at) {
    return pwrite64(descriptor, data, size, at);
}
ssize_t write(int descriptor, const void *data, size_t size) {
    struct file *file = file_of(descriptor);
    return file ? written(file, descriptor, data, size, -1) : syscall(SYS_write, descriptor, data, size);
}

int ftruncate64(int descriptor, off64_t size) {
    struct file *file = file_of(descriptor);
    if (!file) return syscall(SYS_ftruncate, descriptor, size);
    lock();
    int error = fails(ON_TRUNCATE, file->kind), done = -1;
    if (!error) {
        append(TRUNCATE, 0, file->number, size, 0, NULL, 0);
        done = syscall(SYS_ftruncate, descriptor, size);
        error = errno;
    }
    unlock();
    errno = error;
    return done;
}
int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

static int synced(int descriptor, int call) {
    struct file *file = file_of(descriptor);
    if (!file) return syscall(call, descriptor);
    lock();
    uint64_t token = ++control->syncs;
    append(SYNC_BEGIN, 0, file->number, 0, token, NULL, 0);
    int error = fails(ON_SYNC, file->kind), result = error ? FAILED : DURABLE;
    unlock();
    if (!error && syscall(call, descriptor)) error = errno, result = FAILED;
    lock();
    if (result == FAILED) file->errors++;
    if (result == DURABLE && descriptors[descriptor].seen != file->errors) error = EIO, result = TOLD;
    descriptors[descriptor].seen = file->errors;
    append(SYNC_END, result, file->number, 0, token, NULL, 0);
    unlock();
    errno = error;
    return error ? -1 : 0;
}
int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

static int renamed(const char *from, const char *to, int what, int flags) {
    char one[PATH_MAX], other[PATH_MAX], both[2 * PATH_MAX];
    const char *source = watched(from, one), *target = watched(to, other);
    if (!source || !target)
        return what == RENAME ? syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)
                              : syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, flags);
    lock();
    int done = what == RENAME ? syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)
                              : syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, flags);
    int error = errno;
    if (!done) {
        size_t length = strlen(strcpy(both, source)) + 1;
        strcpy(both + length, target);
        append(what, 0, 0, 0, 0, both, length + strlen(target));
    }
    unlock();
    errno = error;
    return done;
}
int rename(const char *from, const char *to) { return renamed(from, to, RENAME, 0); }
int link(const char *from, const char *to) { return renamed(from, to, LINK, 0); }

int unlink(const char *path) {
    char space[PATH_MAX];
    const char *full = watched(path, space);
    if (!full) return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    lock();
    int done = syscall(SYS_unlinkat, AT_FDCWD, path, 0), error = errno;
    if (!done) append(UNLINK, 0, 0, 0, 0, full, strlen(full));
    unlock();
    errno = error;
    return done;
}

int mkdir(const char *path, mode_t mode) {
    char space[PATH_MAX];
    const char *full = watched(path, space);
    if (!full) return syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    lock();
    struct stat now;
    int done = syscall(SYS_mkdirat, AT_FDCWD, path, mode), error = errno;
    if (!done && !stat(full, &now)) append(FOLDER, 0, now.st_ino, 0, 0, full, strlen(full));
    unlock();
    errno = error;
    return done;
}

void *mmap64(void *where, size_t size, int rights, int flags, int descriptor, off64_t at) {
    struct file *file = file_of(descriptor);
    if (file && (rights & PROT_WRITE) && (flags & MAP_SHARED)) {
        lock();
        append(MAPPED, 0, file->number, at, 0, NULL, 0); /* what is written through it cannot be seen */
        unlock();
    }
    return (void *)syscall(SYS_mmap, where, size, rights, flags, descriptor, at);
}
void *mmap(void *where, size_t size, int rights, int flags, int descriptor, off_t at) {
    return mmap64(where, size, rights, flags, descriptor, at);
}
