// Does with godo, DigitalOcean's own client, what it is told: a JSON line for each call, a JSON line for each answer.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/digitalocean/godo"
)

var ctx = context.Background()

func main() {
	client, err := godo.New(nil, godo.SetBaseURL(os.Getenv("DIGITALOCEAN_API_URL")),
		godo.SetRequestHeaders(map[string]string{"Authorization": "Bearer " + os.Getenv("DIGITALOCEAN_TOKEN")}))
	if err != nil {
		panic(err)
	}
	known := calls(client)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var request struct {
			Call string
			Args json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
			panic(err)
		}
		call := known[request.Call]
		if call == nil {
			panic("godo's driver knows no call " + request.Call)
		}
		reply, err := json.Marshal(answer(client, call, request.Args))
		if err != nil {
			panic(err)
		}
		fmt.Println(string(reply))
	}
}

// Called with arguments as the API names them, the body among them; returns what godo made of the reply.
type call func(arguments) (any, *godo.Response, error)

type arguments struct {
	raw     json.RawMessage
	options *godo.ListOptions
}

// to reads the arguments into a value, the body into another.
func (a arguments) to(args any, body any) {
	whole := struct {
		Body json.RawMessage `json:"body"`
	}{}
	for _, err := range []error{json.Unmarshal(a.raw, args), json.Unmarshal(a.raw, &whole)} {
		if err != nil {
			panic(err)
		}
	}
	if body != nil {
		if err := json.Unmarshal(whole.Body, body); err != nil {
			panic(err)
		}
	}
}

func answer(client *godo.Client, call call, args json.RawMessage) map[string]any {
	pages := []any{}
	options := &godo.ListOptions{}
	for {
		found, response, err := call(arguments{args, options})
		var refused *godo.ErrorResponse
		if errors.As(err, &refused) {
			return map[string]any{"refused": []any{refused.Response.StatusCode, refused.Message}}
		}
		if err != nil {
			panic(err)
		}
		wait(client, found, response)
		if response.Links == nil || response.Links.IsLastPage() && len(pages) == 0 {
			return map[string]any{"answer": found}
		}
		pages = append(pages, items(found)...)
		if response.Links.IsLastPage() {
			return map[string]any{"answer": pages}
		}
		page, err := response.Links.CurrentPage()
		if err != nil {
			panic(err)
		}
		options.Page = page + 1
	}
}

func items(list any) []any {
	text, _ := json.Marshal(list)
	found := []any{}
	_ = json.Unmarshal(text, &found)
	return found
}

// wait polls whatever the call has begun to its end.
func wait(client *godo.Client, found any, response *godo.Response) {
	begun := []int{}
	if action, ok := found.(*godo.Action); ok {
		begun = append(begun, action.ID)
	}
	if response.Links != nil {
		for _, link := range response.Links.Actions {
			begun = append(begun, link.ID)
		}
	}
	for _, id := range begun {
		for {
			action, _, err := client.Actions.Get(ctx, id)
			if err != nil {
				panic(err)
			}
			if action.Status == godo.ActionCompleted {
				break
			}
			if action.Status != godo.ActionInProgress {
				panic(fmt.Sprintf("action %d is %s", id, action.Status))
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
