// threaded - A receiver as in the field: C, two ways to call recvmsg, and a thread of its own that returns tokens.
//
// Receives the stream of descriptor 3 to its end, by headers() and bulk() in turn. The first tokens of each are kept, the
// others go to the second thread, which returns them one by one, so that both need the lock of the socket's xarray.
// States as JSON what it did, then ends while it holds the kept ones. Built with frame pointers.

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// The newer C libraries have some of these.
#undef SCM_DEVMEM_DMABUF
#undef SO_DEVMEM_DONTNEED
#undef MSG_SOCK_DEVMEM
#define SCM_DEVMEM_DMABUF 79
#define SO_DEVMEM_DONTNEED 80
#define MSG_SOCK_DEVMEM 0x2000000

enum { SOCKET = 3, CMSGS = 512, HEADERS = 8 << 10, BULK = 256 << 10, KEEP_HEADERS = 23, KEEP_BULK = 61 };

struct dmabuf_cmsg { uint64_t frag_offset; uint32_t frag_size, frag_token, dmabuf_id, flags; };
struct dmabuf_token { uint32_t token_start, token_count; };
struct way { unsigned issued, kept, keep; };

static struct way by_headers = { .keep = KEEP_HEADERS }, by_bulk = { .keep = KEEP_BULK };

// From one thread to the other: tokens, and their end.
static uint32_t *queue;
static atomic_uint queued;
static atomic_bool ended;
static unsigned returned;

static void fail(const char *what)
{
	fprintf(stderr, "threaded: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *give_back(void *unused)
{
	while (!ended || returned < queued) {
		if (returned == queued) {
			usleep(100);
			continue;
		}
		struct dmabuf_token token = { queue[returned], 1 };
		if (setsockopt(SOCKET, SOL_SOCKET, SO_DEVMEM_DONTNEED, &token, sizeof token) != 1)
			fail("SO_DEVMEM_DONTNEED");
		returned++;
	}
	return unused;
}

static void sort_out(struct way *way, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_DEVMEM_DMABUF)
			continue;
		way->issued++;
		if (way->kept < way->keep)
			way->kept++;
		else {
			queue[queued] = ((struct dmabuf_cmsg *)CMSG_DATA(c))->frag_token;
			queued++; // Only now the other thread may read it.
		}
	}
}

// By syscall(2): the C library's recvmsg(3) may use the register of the frame pointer for something else on its way.
__attribute__((noinline)) static long receive(struct way *way, size_t bytes)
{
	static char linear[BULK], control[CMSGS * CMSG_SPACE(sizeof(struct dmabuf_cmsg))];
	struct iovec into = { linear, bytes };
	struct msghdr message = { .msg_iov = &into, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	long taken = syscall(SYS_recvmsg, SOCKET, &message, MSG_SOCK_DEVMEM);
	if (taken > 0)
		sort_out(way, &message);
	return taken;
}

__attribute__((noinline)) static long headers(void)
{
	return receive(&by_headers, HEADERS);
}

__attribute__((noinline)) static long bulk(void)
{
	return receive(&by_bulk, BULK);
}

int main(int count, char **arguments)
{
	pthread_t thread;
	long bytes = 0, taken = 1;
	size_t room = count == 2 ? strtoul(arguments[1], NULL, 10) : 0;
	queue = calloc(room, sizeof *queue);
	if (!queue || pthread_create(&thread, NULL, give_back, NULL))
		fail("no room for so many tokens");
	for (unsigned call = 0; taken != 0; call++) {
		taken = call % 2 ? bulk() : headers();
		if (taken > 0)
			bytes += taken;
		else if (taken < 0 && errno == EAGAIN)
			poll(&(struct pollfd){ SOCKET, POLLIN, 0 }, 1, -1);
		else if (taken < 0)
			fail("recvmsg");
	}
	ended = 1;
	pthread_join(thread, NULL);
	printf("{\"pid\":%d,\"bytes\":%ld,\"headers\":{\"issued\":%u,\"kept\":%u},\"bulk\":{\"issued\":%u,\"kept\":%u},\"returned\":%u}\n",
		getpid(), bytes, by_headers.issued, by_headers.kept, by_bulk.issued, by_bulk.kept, returned);
	return 0;
}
