package faults

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"sync"
)

// bomb is 96 MiB of blanks in a tenth of a MiB.
var bomb = sync.OnceValue(func() string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range 96 {
		_, _ = w.Write(block) // into memory
	}
	_ = w.Close()
	return b.String()
})

// statuses are refusals of all kinds.
func statuses() []Fault {
	const text = "application/json"
	var list []Fault
	for _, status := range []int{400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 411, 413, 417, 418, 421, 422, 425, 426, 428, 429, 431, 451, 499,
		500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 521, 522, 523, 524, 525, 526, 530, 599, 600, 999} {
		f := instead(fmt.Sprintf("status %d", status), status, 0, text, `{"message":"no"}`)
		// What cannot have been carried out may be sent again.
		f.Repeats = status == 401 || status == 429 || status == 425
		list = append(list, f)
	}
	for _, pause := range []string{"0", "1", "3600", "99999999999999999999", "-1", "soon", "Mon, 01 Jan 1900 00:00:00 GMT", "Fri, 31 Dec 2199 23:59:59 GMT"} {
		for _, status := range []string{"429 Too Many Requests", "503 Service Unavailable"} {
			f := says("retry after "+pause+" with "+status[:3], "HTTP/1.1 "+status+"\r\nRetry-After: "+pause+"\r\nContent-Length: 0\r\n\r\n")
			f.Repeats = true
			list = append(list, f)
		}
	}
	for _, status := range []int{400, 500, 503} {
		list = append(list,
			instead(fmt.Sprintf("%d empty", status), status, 0, text, ""),
			instead(fmt.Sprintf("%d page", status), status, 0, "text/html", page),
			instead(fmt.Sprintf("%d null", status), status, 0, text, "null"),
			instead(fmt.Sprintf("%d unfinished", status), status, 0, text, `{"message":`),
			instead(fmt.Sprintf("%d of 300 kB", status), status, 0, text, `{"message":"`+strings.Repeat("no ", 100_000)+`"}`),
			instead(fmt.Sprintf("%d with control characters", status), status, 0, text,
				`{"message":"a\u001b[31mb\r\nc\u202ed\u0000\u2028e","code":"x\ny","error":"f\u001b","errorCode":"g\nh","error_message":"i\u001bj","errorMessage":"k\nl"}`),
			instead(fmt.Sprintf("%d with control characters deep inside", status), status, 0, text,
				`{"result":{"errors":[{"message":"a\u001b[31mb\nc"}]},"error":{"type":"x\ny","message":"a\u001bb","details":{"x\u001b":"y\nz","href":"q\u001b\n"}},"errors":["a\u001b\nb"]}`),
			instead(fmt.Sprintf("%d nested 100,000 deep", status), status, 0, text, strings.Repeat(`{"error":`, 100_000)+"1"+strings.Repeat("}", 100_000)),
			instead(fmt.Sprintf("%d with odd types", status), status, 0, text, `{"message":{"a":["b",1,null]},"code":[1],"error":7,"errors":{"a":"b"}}`),
			framed2(fmt.Sprintf("%d whose body stalls", status), status, stalls),
			framed2(fmt.Sprintf("%d whose body breaks off", status), status, resets))
	}
	return list
}

// framed2 sends the beginning of a refusal.
func framed2(name string, status int, end func(*Exchange)) Fault {
	return Fault{Name: name, Handle: func(x *Exchange) {
		x.Print(x.Head(x.Good.With(status, "application/json", ""), "Content-Length: 1000") + `{"message":"no`)
		end(x)
	}}
}
