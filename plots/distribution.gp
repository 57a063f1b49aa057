# distribution.gp - percentiles of single operations: a row per strategy.
# x of a datum is the share of operations that took no longer; 0: the timer.
array shares = [50, 90, 99, 99.9, 100]
array share_names = ['half of all: p50', '90 %', '99 %', '99.9 %', 'slowest']
array share_points = [7, 8, 4, 12, 2] # open ones show what is under them
row_of(s) = |series| + 1 - s
panel_h = 30 * |series| + 14
left_w = 34 + 8.6 * longest
gap_w = 30
legend_w = 215
eval layout
is_share(p, s) = own(p, s) && column(X) > 0
is_at(p, s, x) = own(p, s) && column(X) == x
do for [device in 'svg png'] {
	eval begin_picture(device)
	set border 1
	unset key
	set grid xtics lc rgb 0xdddddd lt 1 lw 0.5
	eval v_tics('x')
	set xlabel 'ns of an operation and its timer' offset 0,0.4
	set yrange [0.3:|series| + 0.7]
	do for [p = 1:|panel|] {
		eval place_panel(p)
		set ytics ('' 1) scale 0
		if (p % columns == 1 % columns) {
			set for [s = 1:|series|] ytics add (series[s] row_of(s))
		}
		plot for [s = 1:|series|] data using \
			(is_at(p, s, 0) ? v(MEDIAN) : NaN) \
			:(row_of(s) - 0.3):(0):(0.6) with vectors nohead \
			lc rgb 0x909090 lw 4, \
			for [s = 1:|series|] data using \
			(is_share(p, s) ? v(MEDIAN) : NaN):(row_of(s)) \
			with lines lc rgb color(s) lw 1.6, \
			for [s = 1:|series|] for [i = 1:|shares|] data using \
			(is_at(p, s, shares[i]) ? v(MEDIAN) : NaN):(row_of(s)) \
			with points lc rgb color(s) pt share_points[i] ps 0.9
	}
	eval begin_legend
	plot -1 notitle, for [i = 1:|shares|] keyentry with points \
		lc rgb 0x404040 pt share_points[i] ps 0.9 \
		title share_names[i], \
		keyentry with lines lc rgb 0x909090 lw 4 \
		title 'the timer alone'
	unset multiplot
	unset output
}
