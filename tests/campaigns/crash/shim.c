// Kills the process before, or fails, the n-th file-system call on files below one folder. Loaded with LD_PRELOAD.
//   WT_CRASH_ROOT  the folder; calls on anything else are left alone
//   WT_CRASH_MODE  kill, eio, enospc, edquot or short; anything else only counts
//   WT_CRASH_AT    the call, from 1: of all calls for kill, of those that write for the others
//   WT_CRASH_GOOD  1: every later call that writes fails too
//   WT_CRASH_COUNT a file that gets "CALLS WRITES" at the end of the process
// The .NET runtime takes libc's functions by dlsym of a handle, which a preload does not reach, so dlsym is replaced as well.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { MAX_FILES = 65536, MODE_COUNT = 0, MODE_KILL, MODE_ERROR, MODE_SHORT };

static atomic_char ours[MAX_FILES];
static atomic_long calls, writes;
static const char *root;
static size_t root_length;
static int mode, error_number, for_good;
static long at;
static void *(*real_dlsym)(void *, const char *);

static void *next(const char *name) { return real_dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  real_dlsym = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
  if (!real_dlsym) real_dlsym = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
  if (!real_dlsym) real_dlsym = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.17");
  root = getenv("WT_CRASH_ROOT");
  root_length = root ? strlen(root) : 0;
  const char *wanted = getenv("WT_CRASH_MODE"), *number = getenv("WT_CRASH_AT"), *good = getenv("WT_CRASH_GOOD");
  at = number ? atol(number) : 0;
  for_good = good && *good == '1';
  if (!wanted) return;
  if (!strcmp(wanted, "kill")) mode = MODE_KILL;
  if (!strcmp(wanted, "short")) mode = MODE_SHORT;
  if (!strcmp(wanted, "eio")) mode = MODE_ERROR, error_number = EIO;
  if (!strcmp(wanted, "enospc")) mode = MODE_ERROR, error_number = ENOSPC;
  if (!strcmp(wanted, "edquot")) mode = MODE_ERROR, error_number = EDQUOT;
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("WT_CRASH_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file) {
    fprintf(file, "%ld %ld\n", (long)calls, (long)writes);
    fclose(file);
  }
}

static int below(const char *path) {
  return root && path && !strncmp(path, root, root_length) && (path[root_length] == '/' || path[root_length] == 0);
}

static int is_ours(int file) { return file >= 0 && file < MAX_FILES && ours[file]; }

// Says whether the call is to fail. Does not return where it is to be the last one.
static int strikes(int is_write) {
  long call = atomic_fetch_add(&calls, 1) + 1;
  long write = is_write ? atomic_fetch_add(&writes, 1) + 1 : 0;
  if (mode == MODE_KILL && call == at) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  return is_write && mode >= MODE_ERROR && (write == at || (for_good && write > at));
}

static int fails(int is_write) {
  if (!strikes(is_write) || mode != MODE_ERROR) return 0;
  errno = error_number;
  return 1;
}

static int note(int file, int is_below) {
  if (file >= 0 && file < MAX_FILES) ours[file] = (char)is_below;
  return file;
}

#define REAL(result, name, ...) \
  static result (*real)(__VA_ARGS__); \
  if (!real) real = (result(*)(__VA_ARGS__))next(name)

#define OPEN_BODY(name, call) \
  va_list rest; \
  va_start(rest, flags); \
  mode_t bits = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
  va_end(rest); \
  int inside = below(path); \
  if (inside && fails(flags & (O_CREAT | O_TRUNC))) return -1; \
  return note(call, inside);

int open(const char *path, int flags, ...) { REAL(int, "open", const char *, int, ...); OPEN_BODY("open", real(path, flags, bits)) }
int open64(const char *path, int flags, ...) { REAL(int, "open64", const char *, int, ...); OPEN_BODY("open64", real(path, flags, bits)) }
int openat(int folder, const char *path, int flags, ...) { REAL(int, "openat", int, const char *, int, ...); OPEN_BODY("openat", real(folder, path, flags, bits)) }
int openat64(int folder, const char *path, int flags, ...) { REAL(int, "openat64", int, const char *, int, ...); OPEN_BODY("openat64", real(folder, path, flags, bits)) }

int close(int file) {
  REAL(int, "close", int);
  if (is_ours(file)) strikes(0), note(file, 0);
  return real(file);
}

#define WRITE_BODY(call, half) \
  if (is_ours(file) && strikes(1)) { \
    if (mode == MODE_SHORT) return count > 1 ? half : call; \
    errno = error_number; \
    return -1; \
  } \
  return call;

ssize_t write(int file, const void *bytes, size_t count) { REAL(ssize_t, "write", int, const void *, size_t); WRITE_BODY(real(file, bytes, count), real(file, bytes, count / 2)) }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { REAL(ssize_t, "pwrite", int, const void *, size_t, off_t); WRITE_BODY(real(file, bytes, count, offset), real(file, bytes, count / 2, offset)) }
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) { REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t); WRITE_BODY(real(file, bytes, count, offset), real(file, bytes, count / 2, offset)) }

#define ON_FILE(result, name, is_write, parameters, arguments, ...) \
  result name parameters { REAL(result, #name, __VA_ARGS__); if (is_ours(file) && fails(is_write)) return -1; return real arguments; }
#define ON_PATH(result, name, is_write, parameters, arguments, ...) \
  result name parameters { REAL(result, #name, __VA_ARGS__); if (below(path) && fails(is_write)) return -1; return real arguments; }

ON_FILE(ssize_t, pread, 0, (int file, void *bytes, size_t count, off_t offset), (file, bytes, count, offset), int, void *, size_t, off_t)
ON_FILE(ssize_t, pread64, 0, (int file, void *bytes, size_t count, off_t offset), (file, bytes, count, offset), int, void *, size_t, off_t)
ON_FILE(ssize_t, read, 0, (int file, void *bytes, size_t count), (file, bytes, count), int, void *, size_t)
ON_FILE(int, ftruncate, 1, (int file, off_t length), (file, length), int, off_t)
ON_FILE(int, ftruncate64, 1, (int file, off_t length), (file, length), int, off_t)
ON_FILE(int, fsync, 1, (int file), (file), int)
ON_FILE(int, fdatasync, 1, (int file), (file), int)
ON_FILE(int, flock, 0, (int file, int operation), (file, operation), int, int)
ON_PATH(int, rename, 1, (const char *path, const char *to), (path, to), const char *, const char *)
ON_PATH(int, renameat, 1, (int a, const char *path, int b, const char *to), (a, path, b, to), int, const char *, int, const char *)
ON_PATH(int, renameat2, 1, (int a, const char *path, int b, const char *to, unsigned flags), (a, path, b, to, flags), int, const char *, int, const char *, unsigned)
ON_PATH(int, unlink, 1, (const char *path), (path), const char *)
ON_PATH(int, unlinkat, 1, (int folder, const char *path, int flags), (folder, path, flags), int, const char *, int)
ON_PATH(int, mkdir, 1, (const char *path, mode_t bits), (path, bits), const char *, mode_t)
ON_PATH(int, mkdirat, 1, (int folder, const char *path, mode_t bits), (folder, path, bits), int, const char *, mode_t)
ON_PATH(int, stat, 0, (const char *path, struct stat *found), (path, found), const char *, struct stat *)
ON_PATH(int, lstat, 0, (const char *path, struct stat *found), (path, found), const char *, struct stat *)
ON_PATH(int, stat64, 0, (const char *path, struct stat64 *found), (path, found), const char *, struct stat64 *)
ON_PATH(int, lstat64, 0, (const char *path, struct stat64 *found), (path, found), const char *, struct stat64 *)

#define TAKE(function) if (!strcmp(name, #function)) return (void *)function
void *dlsym(void *handle, const char *name) {
  if (!real_dlsym) begin();
  TAKE(openat); TAKE(open); TAKE(close); TAKE(write); TAKE(pwrite); TAKE(pwrite64); TAKE(pread); TAKE(pread64); TAKE(read);
  TAKE(ftruncate); TAKE(fsync); TAKE(fdatasync); TAKE(flock); TAKE(rename); TAKE(renameat); TAKE(renameat2); TAKE(unlink);
  TAKE(unlinkat); TAKE(mkdir); TAKE(mkdirat);
  return real_dlsym(handle, name);
}
