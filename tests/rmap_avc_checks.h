/*
 * rmap_avc_checks.h - template: the links between areas and anon_vmas of a
 * STRATEGY of avc_template.h, whose collections are ANON_TYPE. Adds its tests.
 */
#include "rmap_churn.h"

/* All there are. */
static struct S(anon_vma) * S(anon_vmas)[MAX_ANON_VMAS];
static unsigned S(nr_anon_vmas), S(nr_links);

static void S(see_anon_vma)(struct S(anon_vma) * anon_vma)
{
	for (unsigned i = 0; i < S(nr_anon_vmas); i++)
		if (S(anon_vmas)[i] == anon_vma)
			return;
	assert_in_range(S(nr_anon_vmas), 0, MAX_ANON_VMAS - 1);
	S(anon_vmas)[S(nr_anon_vmas)++] = anon_vma;
}

/* How often a link is in its anon_vma's collection, asked for all pages. */
static unsigned S(times_in)(struct S(anon_vma_chain) * avc)
{
	struct ANON_TYPE(iter) iter;
	struct ANON_TYPE(node) * node;
	unsigned nr = 0;

	S(anon_begin)(&iter, &avc->anon_vma->links, 0, UINT64_MAX);
	while ((node = S(anon_next)(&iter)))
		nr += node == &avc->link;
	return nr;
}

/* An area's links: of one family, each in its anon_vma's collection, its own
 * first. */
static void S(check_area)(struct S(vma) * vma)
{
	struct list_head *l;
	unsigned nr = 0;
	bool own = false;

	for (l = vma->anon_vma_chain.next; l != &vma->anon_vma_chain;
	     l = l->next, nr++) {
		struct S(anon_vma_chain) *avc =
			list_entry(l, struct S(anon_vma_chain), same_vma);

		assert_ptr_equal(avc->vma, vma);
		assert_ptr_equal(avc->anon_vma->root, vma->anon_vma->root);
		assert_int_equal(S(times_in)(avc), 1);
		own |= avc->anon_vma == vma->anon_vma;
		S(see_anon_vma)(avc->anon_vma);
	}
	assert_int_equal(nr > 0, vma->anon_vma != NULL);
	assert_int_equal(own, vma->anon_vma != NULL);
	S(nr_links) += nr;
}

/* "every area on an anon_vma's list links back". */
static void S(check_links_back)(struct S(anon_vma) * anon_vma)
{
	struct ANON_TYPE(iter) iter;
	struct ANON_TYPE(node) * node;

	S(anon_begin)(&iter, &anon_vma->links, 0, UINT64_MAX);
	while ((node = S(anon_next)(&iter))) {
		struct S(anon_vma_chain) *avc =
			container_of(node, struct S(anon_vma_chain), link);
		struct list_head *l = avc->vma->anon_vma_chain.next;

		assert_ptr_equal(avc->anon_vma, anon_vma);
		while (l != &avc->vma->anon_vma_chain && l != &avc->same_vma)
			l = l->next;
		assert_ptr_equal(l, &avc->same_vma);
	}
	assert_true(S(anon_valid)(&anon_vma->links));
}

static void S(check_links)(void)
{
	struct rmap_stats stats;

	S(nr_anon_vmas) = S(nr_links) = 0;
	S(see_areas)(S(check_area));
	for (unsigned i = 0; i < S(nr_anon_vmas); i++)
		S(check_links_back)(S(anon_vmas)[i]);
	S(stats)(&S(tested).rmap, &stats);
	assert_int_equal(stats.links, S(nr_links));
	/* Roots are pinned by those below, though nobody links to them. */
	assert_true(stats.anon_vmas >= S(nr_anon_vmas));
}

static void S(links)(void **unused)
{
	(void)unused;
	S(churn_small)(S(check_links));
}

/* "generation g costs g + 1 links"; while all live the degree rule finds
 * nothing to use again. */
static void S(deep)(void **unused)
{
	struct rmap_stats stats;
	uint64_t links = 0;

	(void)unused;
	S(begin)(64);
	S(play)("mmap 0 10 4 anon 0 0 rw\nwrite 0 10 4 1");
	for (unsigned g = 1; g < NR_PROCESSES; g++)
		S(play)("fork %u %u\nwrite %u 10 4 1", g - 1, g, g);
	S(check_links)();
	S(stats)(&S(tested).rmap, &stats);
	for (unsigned g = 0; g < NR_PROCESSES; g++)
		links += g + 1;
	assert_int_equal(stats.links, links);
	assert_int_equal(stats.anon_vmas, NR_PROCESSES);
	S(check_all)();
	/* All but the youngest go: what it has of theirs stays, to be found. */
	for (unsigned g = 0; g + 1 < NR_PROCESSES; g++)
		S(play)("exit %u", g);
	S(check_links)();
	S(check_all)();
	S(end)();
}

/* A shell's way: fork, and the parent goes on in the child. By the degree rule
 * what the parent leaves behind is used again. */
static void S(relay)(void **unused)
{
	struct rmap_stats stats;

	(void)unused;
	S(begin)(64);
	S(play)("mmap 0 10 4 anon 0 0 rw\nwrite 0 10 4 1");
	for (unsigned g = 0; g < 20; g++)
		S(play)
	("fork 0 1\nwrite 1 10 4 1\nexit 0\n"
	 "fork 1 0\nwrite 0 10 4 1\nexit 1");
	S(check_links)();
	S(stats)(&S(tested).rmap, &stats);
	if (AVC_DEGREE)
		assert_in_range(stats.anon_vmas, 1, 3);
	else
		assert_int_equal(stats.anon_vmas, 41);
	S(check_all)();
	S(end)();
}

static __attribute__((constructor)) void S(add_tests)(void)
{
	add_test(STRATEGY_NAME ": links", S(links));
	add_test(STRATEGY_NAME ": deep", S(deep));
	add_test(STRATEGY_NAME ": relay", S(relay));
}
