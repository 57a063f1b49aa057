
# latency.gp - time by strategy: a row each, null and floor as lines across.
nr_bars = 0
longest_line = 0
do for [s = 1:|series|] {
	nr_bars = nr_bars + (slot[s] >= 0)
	longest_line = max(longest_line, slot[s] < 0 ? strlen(series[s]) : 0)
}
row_of(s) = nr_bars + 1 - s # references come last in series
panel_h = 34 * nr_bars + 14
left_w = 34 + 8.6 * longest
gap_w = 30
legend_w = nr_bars < |series| ? 82 + 8.6 * longest_line : 24
eval layout
set style textbox opaque noborder margins 0.4,0
do for [device in 'svg png'] {
	eval begin_picture(device)
	set border 1
	unset key
	set grid xtics lc rgb 0xdddddd lt 1 lw 0.5
	set yrange [0.3:nr_bars + 0.7]
	do for [p = 1:|panel|] {
		eval place_panel(p)
		eval v_axis(p, 'x')
		set xlabel v_name(p) offset 0,0.4
		set ytics ('' 1) scale 0
		if (p % columns == 1 % columns) {
			set for [s = 1:nr_bars] ytics add (series[s] row_of(s))
		}
		plot for [s = 1:|series|] data using \
			(slot[s] < 0 && own(p, s) ? v(MEDIAN) : NaN) \
			:(0.3):(0):(nr_bars + 0.4) with vectors nohead \
			lc rgb color(s) dt dash(s) lw width(s), \
			for [s = 1:nr_bars] data using \
			(own(p, s) ? v(LO) : NaN):(row_of(s)) \
			:(v(HI) - v(LO)):(0) \
			@interval lc rgb color(s) lw 1.6, \
			for [s = 1:nr_bars] data using \
			(own(p, s) ? v(MEDIAN) : NaN):(row_of(s)) \
			with points lc rgb color(s) pt point(s) ps 0.9, \
			for [s = 1:nr_bars] data using \
			(own(p, s) ? v(MEDIAN) : NaN):(row_of(s)) \
			:(v_text(p, v(MEDIAN))) with labels boxed \
			offset 0,0.75 font ',10'
	}
	eval begin_legend
	if (nr_bars < |series|) {
		plot -1 notitle, for [s = nr_bars + 1:|series|] keyentry \
			with lines lc rgb color(s) dt dash(s) lw width(s) \
			title series[s]
	} else {
		plot -1 notitle
	}
	unset multiplot
	unset output
}
