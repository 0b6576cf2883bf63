// What the tests of the Go helper serve: the same tools as in the other languages.
package main

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	"wit_component/wasmcp"
	_ "wit_component/wasmcp/live"
	mcp "wit_component/wasmcp_mcp_model"
)

type none struct{}

type sum struct {
	Total float64   `json:"total"`
	Terms []float64 `json:"terms"`
}

type guest struct {
	Name string `json:"name"`
}

func init() {
	wasmcp.Server("tried", "1.0.0").Instructions = Some("Try it.")

	greet := wasmcp.Tool("greet", "Greets a person.", func(ctx *wasmcp.Context, in struct {
		Name  string `json:"name" description:"Whom to greet"`
		Times int    `json:"times,omitempty"`
	}) (string, error) {
		return strings.TrimSpace(strings.Repeat(fmt.Sprintf("Hello, %s! ", in.Name), max(in.Times, 1))), nil
	})
	greet.Title, greet.Annotations = Some("Greet"), wasmcp.ReadOnly()

	wasmcp.Tool("add", "Adds numbers.", func(ctx *wasmcp.Context, in struct {
		Terms []float64 `json:"terms"`
	}) (made sum, err error) {
		made.Terms = in.Terms
		for _, term := range in.Terms {
			made.Total += term
		}
		return made, nil
	})
	wasmcp.Tool("fail", "Fails as a tool may.", func(*wasmcp.Context, none) (string, error) {
		return "", errors.New("there is no more tea")
	})
	wasmcp.Tool("crash", "Fails as no tool should.", func(_ *wasmcp.Context, _ none) (string, error) {
		var empty []string
		return empty[len(empty)], nil
	})
	wasmcp.Tool("broken", "Returns what JSON does not have.", func(*wasmcp.Context, none) (sum, error) {
		return sum{Total: math.NaN()}, nil
	})
	wasmcp.Tool("picture", "Returns bytes.", func(*wasmcp.Context, none) ([]mcp.ContentBlock, error) {
		return []mcp.ContentBlock{wasmcp.Image([]byte("\x89PNG"), "image/png")}, nil
	})
	wasmcp.Tool("count", "Counts, in a leg for each two numbers.", count)
	wasmcp.Tool("look", "Says what a URL answers.", func(ctx *wasmcp.Context, in struct {
		URL string `json:"url"`
	}) (string, error) {
		response, err := ctx.Get(in.URL)
		return fmt.Sprintf("%d %s", response.Status, response.Body), err
	})
	wasmcp.Tool("place", "Says what the operator has set.", func(*wasmcp.Context, none) (string, error) {
		return wasmcp.Setting("place", "nowhere")
	})
	wasmcp.Tool("draw", "Draws a number.", func(*wasmcp.Context, none) (float64, error) { return rand.Float64(), nil })
	wasmcp.Tool("book", "Asks the user.", func(ctx *wasmcp.Context, _ none) (string, error) {
		given, err := wasmcp.Ask[guest](ctx, "guest", "For whom?")
		return given.Name, err
	})
	about := wasmcp.Resource("tried://about", "about", "About it.", func(*wasmcp.Context) (any, error) {
		return "# About", nil
	})
	about.MimeType = Some("text/markdown")

	wasmcp.Prompt("plan", "Plans a day.", func(ctx *wasmcp.Context, in struct {
		City string `json:"city" description:"Where"`
	}) ([]mcp.PromptMessage, error) {
		return []mcp.PromptMessage{wasmcp.User(fmt.Sprintf("Plan a day in %s.", in.City))}, nil
	})
}

func count(ctx *wasmcp.Context, in struct {
	To int `json:"to"`
}) (string, error) {
	var done int
	ctx.State(&done)
	for range min(2, in.To-done) {
		done++
		ctx.Progress(float64(done), float64(in.To), "")
	}
	if done < in.To {
		return "", ctx.Again(done, 0)
	}
	return fmt.Sprintf("counted to %d", in.To), nil
}
