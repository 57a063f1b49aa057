
# size.gp - time or bandwidth against size, a line per series.
legend_rows = |series|
eval layout
do for [device in 'svg png'] {
	eval begin_picture(device)
	set border 3
	set grid xtics ytics lc rgb 0xdddddd lt 1 lw 0.5
	unset key
	eval x_tics
	do for [i = 1:3] {
		if (x_unit eq 'bytes' && cache[i] > x_min && cache[i] < x_max) {
			set arrow from x_pos(cache[i]), graph 0 \
				to x_pos(cache[i]), graph 1 nohead \
				lc rgb 0x909090 dt 3 lw 1 back
			set label word('L1d L2 L3', i) at x_pos(cache[i]), \
				graph 1 right offset -0.3,-0.6 font ',9' \
				tc rgb 0x707070
		}
	}
	do for [p = 1:|panel|] {
		eval place_panel(p)
		eval v_axis(p, 'y')
		set xlabel x_label offset 0,0.4
		set ylabel (share[p] || p % columns == 1 % columns ? v_name(p) : '')
		plot for [s = 1:|series|] data \
			using (x_of(p, s)):(v(MEDIAN)) with lines \
			lc rgb color(s) dt dash(s) lw width(s), \
			for [s = 1:|series|] data \
			using (slot[s] < 0 ? NaN : x_of(p, s)):(v(MEDIAN)) \
			with points lc rgb color(s) pt point(s) ps 0.7, \
			for [s = 1:|series|] data \
			using (x_of(p, s)):(v(LO)):(0) \
			:(v(HI) - v(LO)) @interval lc rgb color(s) lw 1
	}
	eval begin_legend
	plot -1 notitle, for [s = 1:|series|] keyentry with linespoints lc rgb color(s) \
		pt point(s) dt dash(s) lw width(s) ps point_size(s) title series[s]
	unset multiplot
	unset output
}
