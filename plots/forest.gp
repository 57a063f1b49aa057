# forest.gp - ratios of a comparison: a row each, by symbol what follows.
# slot is the verdict; x is how far from 1 an effect has to be to count.
nr = |series|
row_of(s) = nr + 1 - s
panel_h = 20 * nr + 14
panel_w = 460
left_w = 34 + 7.4 * longest
legend_w = 270 # the ratios as numbers stand in it as well
lone = 1
eval layout

array verdict = ['SAME', 'FASTER', 'SLOWER', 'AMBIGUOUS']
array verdict_rgb = [0x606060, 0x0072b2, 0xd55e00, 0x000000]
array verdict_point = [6, 11, 9, 12] # circle, triangles down and up, diamond
# In a rate more is better: the triangles still say where the value went.
if (x_unit eq 'rate') {
	verdict_point[2] = 9
	verdict_point[3] = 11
}

# Tics as dense as there is room for, at numbers that people like.
r_from = (v_min < 1 / x_max ? v_min : 1 / x_max)
r_to = max(v_max, x_max)
r_span = r_to / r_from
r_from = r_from / r_span**0.05
r_to = r_to * r_span**0.05
r_tics = r_span < 1.15 ? \
	'0.88 0.9 0.92 0.94 0.96 0.98 1 1.02 1.04 1.06 1.08 1.1 1.12' : \
	r_span < 1.5 ? \
	'0.65 0.7 0.75 0.8 0.85 0.9 0.95 1 1.05 1.1 1.15 1.2 1.25 1.3 1.35 1.4' : \
	r_span < 4 ? \
	'0.3 0.4 0.5 0.6 0.7 0.8 0.9 1 1.2 1.4 1.6 1.8 2 2.5 3 3.5' : \
	r_span < 30 ? \
	'0.03 0.05 0.1 0.2 0.3 0.5 0.7 1 1.5 2 3 5 7 10 15 20 30' : \
	r_span < 3000 ? \
	'0.001 0.003 0.01 0.03 0.1 0.3 1 3 10 30 100 300 1000' : ''
four(r) = sprintf(r < 9.9995 ? '%.3f' : r < 99.995 ? '%.2f' : '%.1f', r)

set style fill solid noborder
do for [device in 'svg png'] {
	eval begin_picture(device)
	set border 1
	unset key
	set logscale x 10
	set xrange [r_from:r_to]
	set xtics nomirror scale 0.7, 0.4
	if (strlen(r_tics) > 0) {
		set xtics (1)
		set for [t in r_tics] xtics add (t t + 0)
	}
	set grid xtics lc rgb 0xdddddd lt 1 lw 0.5
	set xlabel x_unit eq 'rate' ? '← slower    ratio    faster →' : \
		'← faster    ratio    slower →' offset 0,0.4
	set yrange [0.3:nr + 0.7]
	set ytics ('' 1) scale 0
	set for [s = 1:nr] ytics add (series[s] row_of(s)) font ',10'
	eval place_panel(1)
	plot for [s = 1:nr] data using (own(1, s) ? 1 : NaN):(row_of(s)) \
		:(1 / column(X)):(column(X)) \
		:(row_of(s) - 0.5):(row_of(s) + 0.5) \
		with boxxyerror lc rgb 0xe8e8e8, \
		'+' using (1):(0.3):(0):(nr + 0.4) every ::0::0 \
		with vectors nohead lc rgb 0x404040 lw 1.2, \
		for [s = 1:nr] data using (own(1, s) ? v(LO) : NaN) \
		:(row_of(s)):(v(HI) - v(LO)):(0) \
		@interval lc rgb verdict_rgb[slot[s] + 1] lw 1.6, \
		for [s = 1:nr] data using (own(1, s) ? v(MEDIAN) : NaN) \
		:(row_of(s)) with points lc rgb verdict_rgb[slot[s] + 1] \
		pt verdict_point[slot[s] + 1] ps 1.1, \
		for [s = 1:nr] data using (own(1, s) ? r_to : NaN) \
		:(row_of(s)):(four(v(MEDIAN))) \
		with labels left offset 0.8,0 font ',10'
	eval begin_legend
	set key at screen 1 - 190.0 / W, 1 - (head_h + above_h - 4.0) / H
	plot -1 notitle, for [k = 1:4] keyentry with points \
		lc rgb verdict_rgb[k] pt verdict_point[k] ps 1.1 \
		title verdict[k], \
		keyentry with boxes lc rgb 0xe8e8e8 title 'does not count'
	unset multiplot
	unset output
}
