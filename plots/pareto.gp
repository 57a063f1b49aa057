# pareto.gp - memory against time: huge frames left, the best are at the upper
# left; or bytes held, they are at the lower left.
#
# The floor keeps no promise about memory: its time is a line, as fast as it
# gets.
p_low(p) = share[p] ? -0.03 : v_from
p_high(p) = share[p] ? 1.04 : v_to
p_from = x_min / 1.5
p_to = x_max * 1.5
p_first = floor(log10(p_from))
p_last = ceil(log10(p_to))
p_few = log10(p_to / p_from) < 2.2
p_tics = "set logscale x 10; set xrange [p_from:p_to]; \
	set xtics nomirror scale 0.7, 0.4 ('' 10**p_first 1); \
	set for [e = p_first:p_last] for [m = 2:9] \
		xtics add ('' m*10.0**e 1); \
	set for [e = p_first:p_last] xtics add (short(10.0**e) 10.0**e); \
	if (p_few) { \
		set for [e = p_first:p_last] for [m in '2 5'] \
			xtics add (short(m*10.0**e) m*10.0**e) \
	}"
nr_ranked = 0 # references come last in series
do for [s = 1:|series|] { nr_ranked = nr_ranked + (slot[s] >= 0) }
ranked = "keyentry with points lc rgb color(s) pt point(s) ps 1.1 \
	title series[s]"
legend_rows = |series|
eval layout
do for [device in 'svg png'] {
	eval begin_picture(device)
	set border 3
	set grid xtics ytics lc rgb 0xdddddd lt 1 lw 0.5
	unset key
	eval p_tics
	do for [p = 1:|panel|] {
		eval place_panel(p)
		eval v_axis(p, 'y')
		set xlabel 'ns/operation' offset 0,0.4
		set ylabel (p % columns == 1 % columns ? v_name(p) : '')
		plot for [s = 1:|series|] data \
			using (slot[s] < 0 && own(p, s) ? column(X) : NaN) \
			:(p_low(p)):(0):(p_high(p) - p_low(p)) with vectors nohead \
			lc rgb color(s) dt dash(s) lw width(s), \
			for [s = 1:|series|] data \
			using (slot[s] >= 0 && own(p, s) ? column(X) : NaN) \
			:(v(MEDIAN)) with points lc rgb color(s) \
			pt point(s) ps 1.1
	}
	eval begin_legend
	unset logscale
	if (nr_ranked < |series|) {
		plot -1 notitle, for [s = 1:nr_ranked] @ranked, \
			for [s = nr_ranked + 1:|series|] keyentry with lines \
			lc rgb color(s) dt dash(s) lw width(s) title series[s]
	} else {
		plot -1 notitle, for [s = 1:nr_ranked] @ranked
	}
	unset multiplot
	unset output
}
