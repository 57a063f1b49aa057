# fragmentation.gp - huge frames left over rounds or a trace, a line per series.
legend_rows = |series|
eval layout
do for [device in 'svg png'] {
	eval begin_picture(device)
	set border 3
	set grid xtics ytics lc rgb 0xdddddd lt 1 lw 0.5
	unset key
	eval x_tics
	do for [p = 1:|panel|] {
		eval place_panel(p)
		eval v_axis(p, 'y')
		set xlabel x_label offset 0,0.4
		set ylabel (p % columns == 1 % columns ? v_name(p) : '')
		plot for [s = 1:|series|] data \
			using (x_of(p, s)):(v(MEDIAN)) with lines \
			lc rgb color(s) dt dash(s) lw width(s), \
			for [s = 1:|series|] data \
			using (slot[s] < 0 ? NaN : x_of(p, s)):(v(MEDIAN)) \
			with points lc rgb color(s) pt point(s) ps 0.7
	}
	eval begin_legend
	plot -1 notitle, for [s = 1:|series|] keyentry with linespoints lc rgb color(s) \
		pt point(s) dt dash(s) lw width(s) ps point_size(s) title series[s]
	unset multiplot
	unset output
}
