package msp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
)

// portal starts a fake in place of a real portal.
func portal() *msptest.Server {
	server := msptest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	server.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme", Subscriptions: []msp.Subscription{
		{DisplayName: "ZTA Advanced", Category: msp.CategoryZTA, TotalUsers: 50},
	}})
	server.SetActiveUsers("acme", msp.CategoryZTA, 41)
	return server
}

func Example() {
	server := portal()
	defer server.Close()
	ctx := context.Background()
	account := server.Credentials()

	client, err := msp.New(server.URL(), msp.Password(account["user"], account["password"]))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)
	page, err := client.Tenants.List(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d tenants, %d active users of ZTA\n", page.Total, page.CapLimit, page.Users.ZTA)
	// Output: 1 of 100 tenants, 41 active users of ZTA
}

func ExampleTenantsService_WaitActive() {
	server := portal()
	defer server.Close()
	server.SetSetUpTime(time.Millisecond)
	ctx := context.Background()
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}

	err = client.Tenants.Create(ctx, msp.TenantCreate{
		SubDomain: "globex", Name: "Globex", User: msp.TenantAdmin{Username: "hank", Email: "hank@globex.example"},
	})
	if err != nil {
		log.Fatal(err)
	}
	server.Advance(time.Minute)
	tenant, err := client.Tenants.WaitActive(ctx, "globex", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tenant.Name, tenant.Status, tenant.LoginURL)
	// Output: Globex active https://globex.example.net/login/admin
}

func ExampleReportsService_DownloadReport() {
	server := portal()
	defer server.Close()
	ctx := context.Background()
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}

	report, err := client.Reports.Create(ctx)
	if err != nil {
		log.Fatal(err)
	}
	download, err := client.Reports.DownloadReport(ctx, report.ID)
	if err != nil {
		log.Fatal(err)
	}
	defer download.Close()
	content, err := io.ReadAll(download)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s:\n%s", download.ContentType, content)
	// Output:
	// text/csv:
	// tenant,sub_domain,product,subscription,total_users,active_users
	// Acme,acme,ZTA,ZTA Advanced,50,41
}

func ExampleNotDeletedError() {
	server := portal()
	defer server.Close()
	ctx := context.Background()
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}
	march, april := server.AddReport("march.csv", nil), server.AddReport("april.csv", nil)
	server.KeepReport(april)

	err = client.Reports.Delete(ctx, march, april)
	if remaining, ok := errors.AsType[*msp.NotDeletedError](err); ok {
		for _, report := range remaining.Reports {
			fmt.Println("still there:", report.FileName)
		}
	}
	// Output: still there: april.csv
}

func ExampleScheduleService_Replace() {
	server := portal()
	defer server.Close()
	ctx := context.Background()
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}

	schedule, err := client.Schedule.Replace(ctx, msp.Weekly(time.Friday))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(schedule.Frequency, "on day", schedule.StartDay)
	// Output: weekly on day 4
}

func ExampleSignInError() {
	server := portal()
	defer server.Close()
	server.SetSignInPage(msptest.SignInPagePasswordExpired)
	client, err := server.Client()
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.Tenants.List(context.Background(), nil)
	switch {
	case errors.Is(err, msp.ErrWrongPassword), errors.Is(err, msp.ErrAccountLocked):
		fmt.Println("look after the account")
	case errors.Is(err, msp.ErrPasswordChange):
		fmt.Println("somebody has to sign in with a browser")
	}
	// Output: somebody has to sign in with a browser
}
