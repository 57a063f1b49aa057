/* claim.c - CPU claims as abstract socket names. */
#include "claim.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool claim_cpu(unsigned os_cpu)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	/* Behind the leading zero of the abstract space. */
	int length = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
			      "kmembench/cpu%u", os_cpu);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return true;
	if (!bind(fd, (struct sockaddr *)&name,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			      (size_t)length)))
		return true; /* the socket stays open: it is the claim */
	length = errno;
	close(fd);
	return length != EADDRINUSE;
}
