
# crossover.gp - who is the fastest: workloads upwards, sizes to the right.
#
# A cell has the colour of the fastest and, paler and to its right, of all that
# it cannot be told from, where their intervals meet. In it are the fastest one's
# letter and time.
nr_x = |x_values|
nr_y = |panel|
columns = 1
rows = 1
lone = 1
panel_w = max(560, 96 * nr_x)
panel_h = max(200, 74 * nr_y)
legend_w = legend_w + 24 # a letter before each
note = note.'; pale: cannot be told from the fastest'
eval layout
cell(p, i) = (p - 1) * nr_x + i
time_name(ns) = ns >= 999.5e6 ? sprintf('%.3g s', ns / 1e9) : \
	ns >= 999.5e3 ? sprintf('%.3g ms', ns / 1e6) : \
	ns >= 999.5 ? sprintf('%.3g µs', ns / 1e3) : sprintf('%.3g ns', ns)
letter(s) = sprintf('%c', 96 + s) # a, b, ...
do for [device in 'svg png'] {
	eval begin_picture(device)
	set border 3
	unset key
	eval place_panel(1)
	set xrange [0.5:nr_x + 0.5]
	set yrange [0.5:nr_y + 0.5]
	set xtics nomirror ('' 0.5) scale 0
	set for [i = 1:nr_x] xtics add (x_name(x_values[i]) i)
	set ytics nomirror ('' 0.5) scale 0
	set for [p = 1:nr_y] ytics add (panel[p] p)
	set xlabel x_label offset 0,0.4
	nr_objects = 0
	do for [p = 1:nr_y] {
		do for [i = 1:nr_x] {
			list = winners[cell(p, i)]
			nr_of = words(list)
			do for [k = 1:nr_of] {
				nr_objects = nr_objects + 1
				s = int(word(list, k))
				left = i - 0.47 + 0.94 * (k - 1) / nr_of
				set object nr_objects rect from left, p - 0.46 \
					to left + 0.94 / nr_of, p + 0.46 \
					fc rgb color(s) fs solid k == 1 ? 0.6 : 0.25 noborder back
				set label letter(s) at left + 0.47 / nr_of, \
					p - 0.2 center font ',10' tc rgb 0x000000 front
			}
			if (nr_of) {
				set label letter(int(word(list, 1))).'  '. \
					time_name(won_by[cell(p, i)]) at i, \
					p + 0.16 center font ',10' \
					tc rgb 0x000000 front
			}
		}
	}
	plot NaN notitle
	unset object
	unset label
	eval begin_legend
	plot -1 notitle, for [s = 1:|series|] keyentry with points lc rgb color(s) \
		pt 5 ps 1.4 title letter(s).'  '.series[s]
	unset multiplot
	unset output
}
