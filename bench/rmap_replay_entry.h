/* rmap_replay_entry.h - template: a STRATEGY's line in the list of replays. */
{ STRATEGY_NAME, S(traits), S(replay) },
