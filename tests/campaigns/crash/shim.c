// Kills the process before, or fails, the n-th file-system call on files below one folder. Loaded with LD_PRELOAD.
//   WT_CRASH_ROOT  the folder; calls on anything else are left alone
//   WT_CRASH_MODE  kill, change, eio, enospc, edquot, short or step; anything else only counts
//   WT_CRASH_AT    the call, from 1: of all calls for kill, of those that write for the others; change kills too
//   WT_CRASH_GOOD  1: every later call that writes fails too
//   WT_CRASH_GATE  for step, a Unix socket: each call that writes waits, and all others that write behind it, until a byte comes for the
//                  8 bytes of its number
//   WT_CRASH_COUNT a file that gets "CALLS WRITES" at the end of the process
//   WT_CRASH_SAID  the file of acknowledgements: gets "! CALL" when a call fails, so that what was said after it can be told
// The .NET runtime takes libc's functions by dlsym of a handle, which a preload does not reach, so dlsym is replaced as well.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

enum { MAX_FILES = 65536, MODE_COUNT = 0, MODE_KILL, MODE_CHANGE, MODE_STEP, MODE_ERROR, MODE_SHORT };

static atomic_char ours[MAX_FILES];
static atomic_long calls, writes;
static const char *root, *said;
static size_t root_length;
static int mode, error_number, for_good, gate = -1;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static long at;
static void *(*real_dlsym)(void *, const char *);
static long (*real_syscall)(long, ...);

static void *next(const char *name) { return real_dlsym(RTLD_NEXT, name); }

// Anything but a connection ends the process: a run that nobody looks at would pass for one without a fault.
static int reach(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (!path || strlen(path) >= sizeof address.sun_path) abort();
  strcpy(address.sun_path, path);
  if (connect(connection, (struct sockaddr *)&address, sizeof address)) abort();
  return connection;
}

__attribute__((constructor)) static void begin(void) {
  real_dlsym = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
  if (!real_dlsym) real_dlsym = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
  if (!real_dlsym) real_dlsym = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.17");
  root = getenv("WT_CRASH_ROOT");
  root_length = root ? strlen(root) : 0;
  said = getenv("WT_CRASH_SAID");
  const char *wanted = getenv("WT_CRASH_MODE"), *number = getenv("WT_CRASH_AT"), *good = getenv("WT_CRASH_GOOD");
  at = number ? atol(number) : 0;
  for_good = good && *good == '1';
  if (!wanted) return;
  if (!strcmp(wanted, "kill")) mode = MODE_KILL;
  if (!strcmp(wanted, "change")) mode = MODE_CHANGE;
  if (!strcmp(wanted, "short")) mode = MODE_SHORT;
  if (!strcmp(wanted, "step")) mode = MODE_STEP, gate = gate < 0 ? reach(getenv("WT_CRASH_GATE")) : gate;
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

// A relative path counts by the folder that it starts from.
static int inside(int folder, const char *path) { return below(path) || (path && *path != '/' && is_ours(folder)); }

// By system calls: the functions of libc are the ones below.
static void tell(const char *call) {
  char line[80];
  int length = snprintf(line, sizeof line, "! %s\n", call);
  real_syscall = real_syscall ? real_syscall : (long (*)(long, ...))next("syscall");
  long file = said ? real_syscall(SYS_openat, AT_FDCWD, said, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
  if (file < 0) return;
  real_syscall(SYS_write, file, line, length);
  real_syscall(SYS_close, file);
}

// Lets somebody look at the folder as it is before a call. Calls that others are in the middle of go on, as they might when a kill comes.
static void wait_for_turn(long call) {
  char answer;
  pthread_mutex_lock(&turn);
  if (send(gate, &call, sizeof call, MSG_NOSIGNAL) == sizeof call) (void)!recv(gate, &answer, 1, 0);
  pthread_mutex_unlock(&turn);
}

// Says whether the call is to fail. Does not return where it is to be the last one.
static int strikes(int is_write, const char *name) {
  long call = atomic_fetch_add(&calls, 1) + 1;
  long write = is_write ? atomic_fetch_add(&writes, 1) + 1 : 0;
  if ((mode == MODE_KILL && call == at) || (mode == MODE_CHANGE && is_write && write == at)) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  if (mode == MODE_STEP && is_write) wait_for_turn(call);
  int is_struck = is_write && mode >= MODE_ERROR && (write == at || (for_good && write > at));
  if (is_struck && mode == MODE_ERROR) tell(name);
  return is_struck;
}

static int fails(int is_write, const char *name) {
  if (!strikes(is_write, name) || mode != MODE_ERROR) return 0;
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

#define OPEN_BODY(folder, call) \
  va_list rest; \
  va_start(rest, flags); \
  mode_t bits = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
  va_end(rest); \
  int is_inside = inside(folder, path); \
  if (is_inside && fails(flags & (O_CREAT | O_TRUNC), "open")) return -1; \
  return note(call, is_inside);

int open(const char *path, int flags, ...) { REAL(int, "open", const char *, int, ...); OPEN_BODY(-1, real(path, flags, bits)) }
int open64(const char *path, int flags, ...) { REAL(int, "open64", const char *, int, ...); OPEN_BODY(-1, real(path, flags, bits)) }
int openat(int folder, const char *path, int flags, ...) { REAL(int, "openat", int, const char *, int, ...); OPEN_BODY(folder, real(folder, path, flags, bits)) }
int openat64(int folder, const char *path, int flags, ...) { REAL(int, "openat64", int, const char *, int, ...); OPEN_BODY(folder, real(folder, path, flags, bits)) }

// openat2 and getdents64 have no function of their own. Other calls pass through.
long syscall(long number, ...) {
  long a[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  if (!real_syscall) real_syscall = (long (*)(long, ...))next("syscall");
  int is_inside = (number == SYS_openat2 && inside((int)a[0], (const char *)a[1])) || (number == SYS_getdents64 && is_ours((int)a[0]));
  if (is_inside && fails(0, "syscall")) return -1;
  long result = real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  return number == SYS_openat2 ? note((int)result, is_inside) : result;
}

int close(int file) {
  REAL(int, "close", int);
  if (is_ours(file)) strikes(0, "close"), note(file, 0);
  return real(file);
}

#define WRITE_BODY(name, call, half) \
  if (is_ours(file) && strikes(1, name)) { \
    if (mode == MODE_SHORT) return count > 1 ? half : call; \
    errno = error_number; \
    return -1; \
  } \
  return call;

ssize_t write(int file, const void *bytes, size_t count) { REAL(ssize_t, "write", int, const void *, size_t); WRITE_BODY("write", real(file, bytes, count), real(file, bytes, count / 2)) }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { REAL(ssize_t, "pwrite", int, const void *, size_t, off_t); WRITE_BODY("pwrite", real(file, bytes, count, offset), real(file, bytes, count / 2, offset)) }
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) { REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t); WRITE_BODY("pwrite", real(file, bytes, count, offset), real(file, bytes, count / 2, offset)) }

#define ON_FILE(result, name, is_write, parameters, arguments, ...) \
  result name parameters { REAL(result, #name, __VA_ARGS__); if (is_ours(file) && fails(is_write, #name)) return -1; return real arguments; }
#define ON_PATH(result, name, is_write, folder, parameters, arguments, ...) \
  result name parameters { REAL(result, #name, __VA_ARGS__); if (inside(folder, path) && fails(is_write, #name)) return -1; return real arguments; }

ON_FILE(ssize_t, pread, 0, (int file, void *bytes, size_t count, off_t offset), (file, bytes, count, offset), int, void *, size_t, off_t)
ON_FILE(ssize_t, pread64, 0, (int file, void *bytes, size_t count, off_t offset), (file, bytes, count, offset), int, void *, size_t, off_t)
ON_FILE(ssize_t, read, 0, (int file, void *bytes, size_t count), (file, bytes, count), int, void *, size_t)
ON_FILE(int, ftruncate, 1, (int file, off_t length), (file, length), int, off_t)
ON_FILE(int, ftruncate64, 1, (int file, off_t length), (file, length), int, off_t)
ON_FILE(int, fallocate, 1, (int file, int kind, off_t offset, off_t length), (file, kind, offset, length), int, int, off_t, off_t)
ON_FILE(int, fchmod, 1, (int file, mode_t bits), (file, bits), int, mode_t)
ON_FILE(int, fsync, 1, (int file), (file), int)
ON_FILE(int, fdatasync, 1, (int file), (file), int)
ON_FILE(int, flock, 0, (int file, int operation), (file, operation), int, int)
ON_PATH(int, rename, 1, -1, (const char *path, const char *to), (path, to), const char *, const char *)
ON_PATH(int, renameat, 1, a, (int a, const char *path, int b, const char *to), (a, path, b, to), int, const char *, int, const char *)
ON_PATH(int, renameat2, 1, a, (int a, const char *path, int b, const char *to, unsigned flags), (a, path, b, to, flags), int, const char *, int, const char *, unsigned)
ON_PATH(int, linkat, 1, a, (int a, const char *path, int b, const char *to, int flags), (a, path, b, to, flags), int, const char *, int, const char *, int)
ON_PATH(int, symlinkat, 1, folder, (const char *target, int folder, const char *path), (target, folder, path), const char *, int, const char *)
ON_PATH(int, unlink, 1, -1, (const char *path), (path), const char *)

// Whether a folder is the one for unfinished files and for replaced ones, which are taken away when the answer was given.
static int is_aside(int folder) {
  char link[32], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  ssize_t length = folder >= 0 ? readlink(link, path, sizeof path) : -1;
  const char *aside = "/.wt/state/tmp";
  return length >= (ssize_t)strlen(aside) && length < (ssize_t)sizeof path && !memcmp(path + length - strlen(aside), aside, strlen(aside));
}

int unlinkat(int folder, const char *path, int flags) {
  REAL(int, "unlinkat", int, const char *, int);
  if (inside(folder, path) && fails(1, is_aside(folder) ? "unlinkat aside" : "unlinkat")) return -1;
  return real(folder, path, flags);
}

ON_PATH(int, mkdir, 1, -1, (const char *path, mode_t bits), (path, bits), const char *, mode_t)
ON_PATH(int, mkdirat, 1, folder, (int folder, const char *path, mode_t bits), (folder, path, bits), int, const char *, mode_t)
ON_PATH(int, utimensat, 1, folder, (int folder, const char *path, const struct timespec times[2], int flags), (folder, path, times, flags), int, const char *, const struct timespec *, int)
ON_PATH(ssize_t, readlinkat, 0, folder, (int folder, const char *path, char *to, size_t size), (folder, path, to, size), int, const char *, char *, size_t)
ON_PATH(int, statx, 0, folder, (int folder, const char *path, int flags, unsigned mask, struct statx *found), (folder, path, flags, mask, found), int, const char *, int, unsigned, struct statx *)
ON_PATH(int, stat, 0, -1, (const char *path, struct stat *found), (path, found), const char *, struct stat *)
ON_PATH(int, lstat, 0, -1, (const char *path, struct stat *found), (path, found), const char *, struct stat *)
ON_PATH(int, stat64, 0, -1, (const char *path, struct stat64 *found), (path, found), const char *, struct stat64 *)
ON_PATH(int, lstat64, 0, -1, (const char *path, struct stat64 *found), (path, found), const char *, struct stat64 *)

#define TAKE(function) if (!strcmp(name, #function)) return (void *)function
void *dlsym(void *handle, const char *name) {
  if (!real_dlsym) begin();
  TAKE(openat); TAKE(open); TAKE(close); TAKE(write); TAKE(pwrite); TAKE(pwrite64); TAKE(pread); TAKE(pread64); TAKE(read);
  TAKE(ftruncate); TAKE(fallocate); TAKE(fchmod); TAKE(fsync); TAKE(fdatasync); TAKE(flock); TAKE(rename); TAKE(renameat);
  TAKE(renameat2); TAKE(linkat); TAKE(symlinkat); TAKE(unlink); TAKE(unlinkat); TAKE(mkdir); TAKE(mkdirat); TAKE(utimensat);
  TAKE(readlinkat); TAKE(statx); TAKE(syscall);
  return real_dlsym(handle, name);
}
