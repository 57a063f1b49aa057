/* dies.h - does a function kill its process? */
#ifndef KMB_DIES_H
#define KMB_DIES_H

#include "test.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run fn in a child: did it die, as a debug build should let it? */
static maybe_unused bool dies(void (*fn)(void))
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		/* cmocka catches it otherwise; and a core tells nothing new. */
		signal(SIGILL, SIG_DFL);
		signal(SIGTRAP, SIG_DFL);
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status);
}

#endif
