package sasetest_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// In a test, sasetest.NewServer(t) starts and ends by itself; a program does both.
func Example() {
	server := sasetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ada := server.AddUser(sase.User{Email: "ada@example.com"})
	server.AddGroup(sase.Group{ID: "staff", Name: "Staff"})

	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}
	server.KillTokens() // a client renews its token and goes on
	if _, err := client.Groups.AddMember(context.Background(), "staff", ada.ID); err != nil {
		log.Fatal(err)
	}
	fmt.Println(server.Groups()[0].Users)
	// Output:
	// [user-1]
}

func ExampleErrorShape_Fault() {
	server := sasetest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}

	fault := sasetest.ErrorShapeMessageCode.Fault(403, "NO_PERMISSION", "the key may not list users")
	fault.Path = "/api/rest/v1/users"
	server.Fail(fault)
	_, err = client.Users.List(context.Background(), nil)
	fmt.Println(errors.Is(err, secureaccess.ErrForbidden))
	failure, _ := errors.AsType[*secureaccess.Error](err)
	fmt.Println(failure.Status, failure.Code, failure.Messages)
	// Output:
	// true
	// 403 NO_PERMISSION [the key may not list users]
}
