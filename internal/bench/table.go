package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// table prints aligned columns, the first to the left and the others to the right.
type table struct {
	out   io.Writer
	title string
	rows  [][]string
}

func newTable(out io.Writer, title string, columns ...string) *table {
	return &table{out: out, title: title, rows: [][]string{columns}}
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) end() error {
	width := 0
	for _, row := range t.rows {
		width = max(width, len(row[0]))
	}
	if _, err := fmt.Fprintf(t.out, "%s\n", t.title); err != nil {
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range t.rows {
		_, _ = fmt.Fprintf(w, "%-*s\t%s\t\n", width, row[0], strings.Join(row[1:], "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.out)
	return err
}

func duration(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%.1f us", float64(d)/float64(time.Microsecond))
	}
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func ratio(r float64) string { return fmt.Sprintf("%.2f", r) }

func number(n float64) string { return fmt.Sprintf("%.0f", n) }

func signed(n float64) string { return fmt.Sprintf("%+.0f", n) }
