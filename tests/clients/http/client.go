// A client of Go's net/http: client URL CASES TOKEN sends each case several times, and after each a good request, with this token, from the same pool
// of connections. Prints the two statuses of each try, or an error. The tests tell what a case has (tests/tests/http_clients/refusals.rs).
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

type request struct {
	Method  string
	Path    string
	Headers map[string]string
	Size    int
	Chunked bool
	Tries   int
}

var ping = request{
	Method: "POST",
	Path:   "/mcp",
	Headers: map[string]string{
		"content-type":  "application/json",
		"accept":        "application/json, text/event-stream",
		"authorization": "Bearer " + os.Args[3],
	},
}

func status(base string, request request, body string) (int, error) {
	var reader io.Reader = strings.NewReader(body)
	if request.Chunked {
		// The length of a reader of another type is not known, so that it is sent in chunks.
		reader = io.MultiReader(reader)
	}
	made, err := http.NewRequest(request.Method, base+request.Path, reader)
	if err != nil {
		return 0, err
	}
	for name, value := range request.Headers {
		made.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(made)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

func main() {
	base := strings.TrimSuffix(os.Args[1], "/mcp")
	var cases []request
	if err := json.Unmarshal([]byte(os.Args[2]), &cases); err != nil {
		log.Fatal(err)
	}
	for _, request := range cases {
		for range request.Tries {
			refused, err := status(base, request, strings.Repeat("x", request.Size))
			if err == nil {
				var next int
				if next, err = status(base, ping, `{"jsonrpc":"2.0","id":1,"method":"ping"}`); err == nil {
					fmt.Println(refused, next)
					continue
				}
			}
			fmt.Println(err)
		}
	}
}
