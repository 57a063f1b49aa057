
# numa.gp - a value per CPU's node and memory's node; the darker the worse.
column_of(n) = sum [i = 1:|x_values|] (x_values[i] < n)
bytes = metric eq 'bytes_per_s'
panel_w = max(54 * |x_values|, 200)
panel_h = max(36 * |series|, 130)
left_w = 70
legend_w = 120
eval layout
W = max(W, 560)
set palette defined (0 '#ffffd9', 1 '#7fcdbb', 2 '#1d91c0', 3 '#081d58')
if (bytes) { set palette negative }
set cbrange [v_min * v_scale:v_min < v_max ? v_max * v_scale : \
	2 * v_max * v_scale]
dark(value) = (bytes ? v_max * v_scale - value : value - v_min * v_scale) \
	> 0.5 * (v_max - v_min) * v_scale
do for [device in 'svg png'] {
	eval begin_picture(device)
	unset key
	unset border
	do for [p = 1:|panel|] {
		eval place_panel(p)
		set xrange [-0.5:|x_values| - 0.5]
		set yrange [0.5:|series| + 0.5]
		set xtics ('' 0) scale 0
		set for [i = 1:|x_values|] xtics add \
			(x_name(x_values[i]) i - 1)
		set ytics ('' 1) scale 0
		set for [s = 1:|series|] ytics add (series[s] s)
		set xlabel "CPU's node"
		set ylabel (p % columns == 1 % columns ? "memory's node" : '')
		if (p == |panel|) {
			set colorbox user origin screen \
				1 - (legend_w - 14.0) / W, \
				screen (panel_top(1) - panel_h) * 1.0 / H \
				size screen 14.0 / W, screen 1.0 * panel_h / H
			set cblabel v_label
			set cbtics autofreq
		} else {
			unset colorbox
		}
		plot for [s = 1:|series|] data using \
			(own(p, s) ? column_of(column(X)) : NaN):(s) \
			:(0.5):(0.5):(v(MEDIAN)) with boxxyerror \
			fs solid border lc rgb 'white' fc palette, \
			for [s = 1:|series|] data using \
			(own(p, s) ? column_of(column(X)) : NaN):(s) \
			:(short(v(MEDIAN))):(dark(v(MEDIAN)) ? \
			0xffffff : 0x000000) with labels tc rgb variable
	}
	eval begin_legend
	unset key
	plot -1 notitle
	unset multiplot
	unset output
}
