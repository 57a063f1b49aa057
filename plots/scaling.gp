
# scaling.gp - throughput against threads, the ideal, and the scaling law.
#
# Gunther's Universal Scalability Law: with n threads the throughput is
#   X(n) = n / (a + b (n - 1) + c n (n - 1))
# a: time of one operation alone, b/a: contention (waiting for each other),
# c/a: coherence (every thread pays for every other); a > b, c > 0: it peaks
# at n = sqrt((a - b) / c). n / X(n) is linear in a, b and c, so fit has one
# answer. It is weighted to make relative errors equal.
set fit quiet nologfile
# Three unknowns would fit any three points: four are needed.
nr = |panel| * |series|
array law_a[nr]
array law_b[nr]
array law_c[nr]
cell(p, s) = (p - 1) * |series| + s
fitted(p, s) = nr_rows[cell(p, s)] >= 4 && !share[p] && slot[s] >= 0
# The law knows no nodes: where those are marked, lines go from point to point.
law_drawn(p, s) = fitted(p, s) && !strlen(node_end)
has_ideal(p, s) = nr_rows[cell(p, s)] >= 2 && !share[p] && slot[s] >= 0
# No line begins before its first point, no law goes beyond the last.
reached(p, s, pos) = x_value(pos) >= 0.999 * from[cell(p, s)]
passed(p, s, pos) = x_value(pos) > 1.001 * to[cell(p, s)]
nr_laws = 0 # in the panel that has the most
time_of(field) = 1e9 * column(X) / column(field)
# b and c are fitted from `lift` upwards, as fit moves a value by a part of itself
# to see what changes: it cannot leave 0, nor come to it.
law_time(n) = a + (b - lift) * (n - 1) + (c - lift) * n * (n - 1)
do for [p = 1:|panel|] {
	in_panel = 0
	do for [s = 1:|series|] {
		if (fitted(p, s)) {
			k = cell(p, s)
			a = 1e9 / ideal[k] # fit likes neither tiny nor huge
			lift = a
			b = 1.1 * a
			c = 1.001 * a
			first = first_row[k]
			last = first_row[k] + nr_rows[k] - 1
			fit law_time(x) data every ::first::last using X \
				:(time_of(MEDIAN)):(time_of(MEDIAN)) \
				yerror via a, b, c
			law_a[k] = a
			law_b[k] = b - lift
			law_c[k] = c - lift
			in_panel = in_panel + 1
		}
	}
	nr_laws = max(nr_laws, in_panel)
}
law(k, n) = 1e9 * v_scale * n / \
	(law_a[k] + law_b[k] * (n - 1) + law_c[k] * n * (n - 1))
percent(part, k) = sprintf(abs(part) >= 0.0995 * law_a[k] ? '%.0f %%' : \
	'%.2g %%', 100 * part / law_a[k])
# Threads beyond which it only gets slower; none when nothing slows it.
peak(k) = law_b[k] >= law_a[k] ? '1' : law_c[k] <= 1e-9 * law_a[k] ? 'none' : \
	sprintf('%.0f', max(1, sqrt((law_a[k] - law_b[k]) / law_c[k])))

# Up to here --place smp has CPUs: the node's that has the most.
mark_node = strlen(node_end) && x_pos(node_end + 0) <= x_hi ? \
	"set arrow from first x_pos(node_end + 0), graph 0 \
		to first x_pos(node_end + 0), graph 1 \
		nohead lc rgb 0x707070 dt 3 lw 1; \
	set label 'one node' at first x_pos(node_end + 0), graph 0.03 right \
		offset -0.3,0 font ',9' tc rgb 0x555555" : ''

x_label = 'threads'
below_h = below_h + (nr_laws ? 16 * (nr_laws + 1) + 8 : 0)
legend_w = max(legend_w, 65 + 7.5 * 12)
legend_rows = |series| + 1
eval layout
table_y(p, i) = (panel_top(p) - panel_h - 56.0 - 16 * i) / H
table_x(p, share) = (panel_left(p) + share * panel_w) / W
set samples 100
do for [device in 'svg png'] {
	eval begin_picture(device)
	set border 3
	unset key
	set grid xtics ytics lc rgb 0xdddddd lt 1 lw 0.5
	eval x_tics
	do for [p = 1:|panel|] {
		eval place_panel(p)
		eval v_axis(p, 'y')
		set xlabel x_label offset 0,0.4
		set ylabel (share[p] || p % columns == 1 % columns ? v_name(p) : '')
		unset label
		unset arrow
		eval mark_node
		line = 0
		do for [s = 1:|series|] {
			if (fitted(p, s)) {
				k = cell(p, s)
				line = line + 1
				set label series[s] at screen table_x(p, 0), \
					screen table_y(p, line) font ',9' tc rgb color(s)
				set label percent(law_b[k], k) at screen \
					table_x(p, 0.58), screen table_y(p, line) \
					right font ',9'
				set label percent(law_c[k], k) at screen \
					table_x(p, 0.82), screen table_y(p, line) \
					right font ',9'
				set label peak(k) at screen table_x(p, 1), \
					screen table_y(p, line) right font ',9'
			}
		}
		if (line) {
			set label 'scalability law' at screen table_x(p, 0), \
				screen table_y(p, 0) font ',9' tc rgb 0x555555
			set label 'contention' at screen table_x(p, 0.58), \
				screen table_y(p, 0) right font ',9' tc rgb 0x555555
			set label 'coherence' at screen table_x(p, 0.82), \
				screen table_y(p, 0) right font ',9' tc rgb 0x555555
			set label 'peak at' at screen table_x(p, 1), \
				screen table_y(p, 0) right font ',9' tc rgb 0x555555
		}
		plot for [s = 1:|series|] [t = x_lo:x_hi] '+' using \
			1:(has_ideal(p, s) && reached(p, s, $1) ? x_value($1) * \
				ideal[cell(p, s)] * v_scale : NaN) \
			with lines lc rgb 0xc0c0c0 dt 1 lw 1, \
			for [s = 1:|series|] [t = x_lo:x_hi] '+' using \
			1:(law_drawn(p, s) && reached(p, s, $1) && !passed(p, s, $1) ? \
				law(cell(p, s), x_value($1)) : NaN) \
			with lines lc rgb color(s) dt dash(s) lw width(s), \
			for [s = 1:|series|] data using \
			(law_drawn(p, s) ? NaN : x_of(p, s)):(v(MEDIAN)) \
			with lines lc rgb color(s) dt dash(s) lw width(s), \
			for [s = 1:|series|] data using \
			(slot[s] < 0 ? NaN : x_of(p, s)):(v(MEDIAN)) \
			with points lc rgb color(s) pt point(s) ps 0.7, \
			for [s = 1:|series|] data using (x_of(p, s)) \
			:(v(LO)):(0):(v(HI) - v(LO)) \
			@interval lc rgb color(s) lw 1
	}
	eval begin_legend
	plot -1 notitle, for [s = 1:|series|] keyentry with linespoints lc rgb color(s) \
		pt point(s) dt dash(s) lw width(s) ps point_size(s) title series[s], \
		keyentry with lines lc rgb 0xc0c0c0 dt 1 lw 1 title 'ideal'
	unset multiplot
	unset output
}
