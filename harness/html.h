/* html.h - text and pictures in an HTML page. */
#ifndef KMB_HTML_H
#define KMB_HTML_H

#include <stdio.h>

/*
 * UTF-8 text, escaped for elements and quoted attributes. Control characters
 * and what is no UTF-8 become U+FFFD.
 */
void html_text(FILE *out, const char *text);

/*
 * An SVG file as an <img> that holds it, so that the page is whole by itself
 * and the pictures' ids do not meet. alt is escaped. 0 or -errno.
 */
int html_image(FILE *out, const char *path, const char *alt);

#endif
