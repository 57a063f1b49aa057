# common.gp - what all charts share: layout, axes, colours, legend, caption.
# Lengths are pixels of the svg; the png has two for each.

set encoding utf8
set pointintervalbox 0 # lines go on under their points
set datafile separator comma
set datafile columnheaders
data = name.'.csv'

# ---- layout: a head, panels in rows, a legend at their right, a foot
# Shares lie beside what they belong to, but not where all are shares.
shares = 0
do for [p = 1:|panel|] { shares = shares + share[p] }
columns = shares && shares < |panel| ? 2 : |panel| <= 3 ? |panel| : |panel| == 4 ? 2 : 3
rows = (|panel| + columns - 1) / columns
panel_w = columns == 1 ? 560 : columns == 2 ? 420 : 330
panel_h = rows == 1 ? 330 : 250
longest = 0
do for [i = 1:|series|] {
	longest = strlen(series[i]) > longest ? strlen(series[i]) : longest
}
left_w = 88
gap_w = shares && shares < |panel| ? 88 : 60 # they have a label
legend_w = 92 + 8.6 * longest
legend_rows = 0 # of those that list every series
head_h = 62
# One panel needs no title that says what the picture's does.
lone = |panel| == 1 && strstrt(title, panel[1].':') > 0
above_h = lone ? 6 : 26 # a panel's title
below_h = 56 # its tics and label
foot_h = 46
# To be evaluated once a kind has changed what it wants different.
layout = "W = left_w + columns * panel_w + (columns - 1) * gap_w + legend_w; \
	H = head_h + max(rows * (above_h + panel_h + below_h), \
		above_h + 24.5 * legend_rows) + foot_h"

panel_left(p) = left_w + (p - 1) % columns * (panel_w + gap_w)
panel_top(p) = H - head_h - above_h \
	- (p - 1) / columns * (above_h + panel_h + below_h)

# ---- axes
max(a, b) = a > b ? a : b
log2(x) = log(x) / log(2)
short(v) = v >= 999.5e6 ? sprintf('%.3gG', v / 1e9) : \
	v >= 999.5e3 ? sprintf('%.3gM', v / 1e6) : \
	v >= 999.5 ? sprintf('%.3gk', v / 1e3) : sprintf('%.3g', v)
size_name(b) = b >= 2**40 ? sprintf('%g TiB', b / 2.0**40) : \
	b >= 2**30 ? sprintf('%g GiB', b / 2.0**30) : \
	b >= 2**20 ? sprintf('%g MiB', b / 2.0**20) : \
	b >= 2**10 ? sprintf('%g KiB', b / 2.0**10) : sprintf('%g B', b)
nice(step) = step <= 0 ? 1 : nice_of(step, 10**floor(log10(step)))
nice_of(step, ten) = step <= ten ? ten : step <= 2 * ten ? 2 * ten : \
	step <= 5 * ten ? 5 * ten : 10 * ten

# Values: logarithmic when the slowest is out of all proportion to the fastest.
v_scale = metric eq 'bytes_per_s' ? 1e-9 : 1
v_label = metric eq 'bytes_per_s' ? 'GB/s' : \
	metric eq 'table_bytes_per_page' ? 'bytes/page' : \
	strstrt(metric, 'held_per_live_byte') ? 'bytes held/byte in use' : \
	metric eq 'bytes_per_mapping' ? 'bytes/mapping' : \
	metric eq 'visited_per_mapping' ? 'looked at/mapping found' : \
	metric eq 'links_per_process' ? 'links/process' : \
	metric eq 'ops_per_s' ? 'operations/s' : 'ns/operation'
v_log = x_unit eq 'percentile' || metric eq 'table_bytes_per_page' || \
	v_max > 15 * v_min
v_from = v_log ? v_min * v_scale / 1.3 : 0
v_to = v_log ? v_max * v_scale * 1.4 : v_max * v_scale * 1.1
# Tics at 1, 2, 5 where there are few decades; the rest get small ones.
v_decades = v_log ? log10(v_to / v_from) : 0
v_every = v_decades > 10 ? 3 : v_decades > 6 ? 2 : 1
v_step = nice(v_to / 6)
v_first = floor(log10(v_log ? v_from : 1))
v_last = ceil(log10(v_log ? v_to : 1))
v_tics(axis) = (v_log ? sprintf("set logscale %s 10; ", axis) : '') \
	.sprintf("set %srange [v_from:v_to]; set %stics nomirror scale 0.7, 0.4; ", \
		axis, axis) \
	.(v_log ? sprintf("set %stics (''10**v_first 1); \
		set for [e = v_first:v_last] for [m = 2:9] \
			%stics add ('' m*10.0**e 1); \
		set for [e = v_first:v_last] %stics add \
			(e %% v_every ? '' : short(10.0**e) 10.0**e); \
		if (v_decades < 2.2) { \
			set for [e = v_first:v_last] for [m in '2 5'] \
				%stics add (short(m*10.0**e) m*10.0**e) \
		}", axis, axis, axis, axis) : \
	sprintf("set %stics ('0' 0); set for [i = 1:7] %stics add \
		(short(i * v_step) i * v_step)", axis, axis))

# A panel of shares has an axis of its own.
share_tics(axis) = sprintf("unset logscale %s; set %srange [-0.03:1.04]; \
	set %stics nomirror scale 0.7 \
		('0' 0, '25' 0.25, '50' 0.5, '75' 0.75, '100' 1)", axis, axis, axis)
v_axis(p, axis) = share[p] ? share_tics(axis) : v_tics(axis)
v_name(p) = share[p] ? 'huge frames left, %' : v_label
v_text(p, value) = share[p] ? sprintf('%.0f', 100 * value) : short(value)

x_min = x_values[1]
x_max = x_values[|x_values|]
x_min_positive = x_min > 0 || |x_values| == 1 ? max(x_min, 1) : x_values[2]
# Sizes and threads: by their binary logarithm when the range is wide, with
# zero a step before the smallest.
x_log = x_unit eq 'threads' || \
	x_unit ne 'order' && x_unit ne 'round' && x_unit ne '% of the trace' && \
	x_max > 8 * x_min_positive
x_zero = floor(log2(x_min_positive)) - 1
x_pos(x) = x_log ? (x > 0 ? log2(x) : x_zero) : x
x_value(pos) = x_log ? 2**pos : pos
x_bytes = x_unit eq 'bytes' || x_unit eq 'span of addresses'
x_name(x) = x_bytes ? size_name(x) : sprintf('%g', x)
x_label = x_unit eq 'bytes' ? 'size' : x_unit
x_lo = x_pos(x_min)
x_hi = x_pos(x_max)
x_pad = x_hi > x_lo ? 0.04 * (x_hi - x_lo) : 0.5
# A tic at every x, but for those that would run into the one before.
array x_shown[|x_values|]
x_room = (x_bytes ? 70.0 : 26.0) / panel_w * (x_hi - x_lo)
x_shown_last = x_lo - 2 * x_room - 1
do for [i = 1:|x_values|] {
	x_shown[i] = x_pos(x_values[i]) - x_shown_last >= x_room
	x_shown_last = x_shown[i] ? x_pos(x_values[i]) : x_shown_last
}
x_tics = "set xrange [x_lo - x_pad:x_hi + x_pad]; \
	set xtics nomirror ('' x_lo) scale 0.7; \
	set for [i = 1:|x_values|] xtics add (x_shown[i] ? \
		x_name(x_values[i]) : '' x_pos(x_values[i]))"

# ---- colours: Okabe and Ito's, told apart in grey by dashes and points
# From the eighth on each is as far as can be from those before it, from white and
# from the references' greys: by CIEDE2000 21 at least, 8 as the red- or the
# green-blind see them. Beyond 16 it is the points that tell two apart.
array palette_rgb = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, \
	0x56b4e9, 0x000000, 0x4b00a5, 0x780000, 0x0f4b2d, 0xb4c378, 0xb41e5a, \
	0x695a00, 0x965aff, 0x4b1e3c, 0xff4b5a]
array points = [7, 5, 9, 11, 13, 6, 4, 8, 10, 12]
# null (slot -1) and floors (-2) are grey and have no points.
color(s) = slot[s] == -1 ? 0xa0a0a0 : slot[s] == -2 ? 0x606060 : \
	palette_rgb[slot[s] % 16 + 1]
# One strategy in several places: filled points in the first, open in others.
array filled = [7, 5, 9, 11, 13, 15] # one less: the same, open
point(s) = slot[s] < 0 ? 0 : in_place[s] ? \
	filled[slot[s] % 6 + 1] - (in_place[s] > 1) : points[slot[s] % 10 + 1]
point_size(s) = slot[s] < 0 ? 0 : 0.7
array dashes = [1, 2, 4, 5]
floors(s) = s < 1 ? 0 : floors(s - 1) + (slot[s] == -2) # up to this one
dash(s) = slot[s] == -1 ? 3 : slot[s] == -2 ? \
	dashes[floors(s) % 4 + 1] : \
	dashes[(in_place[s] ? in_place[s] - 1 : slot[s]) % 4 + 1]
width(s) = slot[s] < 0 ? 2 : 1.6

# ---- data: a row of panel p and series s, or nothing
X = 3; MEDIAN = 4; LO = 5; HI = 6 # columns; fit takes no names
own(p, s) = strcol(1) eq panel[p] && strcol(2) eq series[s]
x_of(p, s) = own(p, s) ? x_pos(column(X)) : NaN
v(field) = strcol(field) eq 'NA' ? NaN : column(field) * v_scale
# Intervals as arrows with flat heads: errorbars blot out lines under them.
interval = 'with vectors heads size screen 0.003,90'

# ---- the picture
begin_picture(device) = \
	(device eq 'svg' ? \
	sprintf("set terminal svg size %d,%d dynamic noenhanced \
		font 'DejaVu Sans,12' background 'white'; ", W, H) : \
	sprintf("set terminal pngcairo size %d,%d noenhanced \
		font 'DejaVu Sans,12' fontscale 2 linewidth 2 pointscale 2 \
		background 'white'; ", 2 * W, 2 * H)) \
	.sprintf("set output '%s.%s'; set multiplot", name, device)

place_panel(p) = sprintf("set lmargin at screen %g; set rmargin at screen %g; \
	set tmargin at screen %g; set bmargin at screen %g; ", \
	1.0 * panel_left(p) / W, 1.0 * (panel_left(p) + panel_w) / W, \
	1.0 * panel_top(p) / H, 1.0 * (panel_top(p) - panel_h) / H) \
	.sprintf("set title (lone ? '' : panel[%d]) offset 0,-0.5", p)

cut(text) = strlen(text) <= W / 6.4 ? text : \
	substr(text, 1, int(W / 6.4) - 1).'…'

# Title, note, caption; and the legend's place, for the keyentries to come.
begin_legend = "unset border; unset tics; unset xlabel; unset ylabel; \
	unset title; unset grid; unset arrow; unset label; unset logscale; \
	set lmargin at screen 0; set rmargin at screen 1; \
	set tmargin at screen 1; set bmargin at screen 0; \
	set label 1 title at screen 14.0 / W, 1 - 20.0 / H \
		font 'DejaVu Sans Bold,14'; \
	set label 2 note at screen 14.0 / W, 1 - 42.0 / H \
		font ',10' tc rgb 0x555555; \
	set label 3 cut(machine) at screen 14.0 / W, 30.0 / H \
		font ',9' tc rgb 0x555555; \
	set label 4 cut(command) at screen 14.0 / W, 14.0 / H \
		font ',9' tc rgb 0x555555; \
	set key at screen 1 - (legend_w - 10.0) / W, \
		1 - (head_h + above_h - 4.0) / H \
		top left Left reverse samplen 3 spacing 1.3; \
	set xrange [0:1]; set yrange [0:1]"
