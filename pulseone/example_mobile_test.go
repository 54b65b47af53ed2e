package pulseone_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// An app that a policy names is not deleted: the error says by which.
func ExampleAFWAppsService_Delete() {
	server, client := memory()
	defer server.Close()
	server.AddMobileApp(pulseonetest.PlatformAndroid, pulseone.MobileApp{PackageName: "com.cisco.webex", Title: "Webex"})
	server.SetAppPolicies(pulseonetest.PlatformAndroid, "com.cisco.webex", pulseone.PolicyReference{ID: 1, Name: "Sales"})

	err := client.AFWApps.Delete(context.Background(), "com.cisco.webex")
	if inUse, ok := errors.AsType[*pulseone.InUseError](err); ok {
		for _, policy := range inUse.Policies {
			fmt.Println("edit first:", policy.Name)
		}
	}
	// Output: edit first: Sales
}

func ExampleIOSAppsService_UploadBundle() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	_, err := client.IOSApps.Create(ctx, pulseone.MobileAppCreate{
		PackageName: "com.example.app", Title: "Timesheet", IsRequired: secureaccess.Set(true),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	file := strings.NewReader("PK...") // an *os.File in a program: it is sent as it is read
	uploaded, err := client.IOSApps.UploadBundle(ctx, "com.example.app", "1.0.1", secureaccess.Upload{Reader: file, Name: "app.ipa"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(uploaded.Title, uploaded.Version)
	// Output: Timesheet 1.0.1
}

// What Google's browser redirect asks for at the end of a sign-up.
func ExampleAFWDomainsService_SignupCallback() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	link, err := client.AFWDomains.CreateSignupURL(ctx, "https://console.example.com/settings")
	if err != nil {
		fmt.Println(err)
		return
	}
	google, err := url.Parse(link.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	redirect, err := client.AFWDomains.SignupCallback(ctx, secureaccess.NewSecret("from Google"), secureaccess.NewSecret(google.Query().Get("t")))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(redirect.Status, redirect.Location)
	// Output: 303 https://console.example.com/settings
}

func ExampleAFWProductsService_Approve() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	link, err := client.AFWProducts.GenerateApprovalURL(ctx, "com.example.app")
	if err != nil {
		fmt.Println(err)
		return
	}
	// The administrator looks at link.URL in a frame, and agrees.
	forever := true
	err = client.AFWProducts.Approve(ctx, "com.example.app", link.URL, &pulseone.AFWApproveOptions{Forever: &forever})
	fmt.Println(err, server.ApprovedProducts())
	// Output: <nil> map[com.example.app:true]
}

func ExampleDEPService_ReplaceProfile() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	profile, err := client.DEP.GetProfile(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	profile.SetupItems.Siri = false
	if err := client.DEP.ReplaceProfile(ctx, *profile); err != nil {
		fmt.Println(err)
		return
	}
	profile, err = client.DEP.GetProfile(ctx)
	fmt.Println(profile.Department, profile.SetupItems.Siri, err)
	// Output: engineering false <nil>
}

func ExampleVPPService_ListSpaces() {
	server, client := memory()
	defer server.Close()
	spaces, err := client.VPP.ListSpaces(context.Background(), "97577199-bd17-4102-8ab1-11008e8cb21b")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, space := range spaces.Items {
		fmt.Println(space.Username, space.Model)
	}
	// Output:
	// paul iPhone7,2
	// alex iPhone7,2
}

func ExampleLostModeService_Act() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	id := server.AddWorkspace(pulseonetest.PlatformIOS, "ann@example.com").WorkspaceID
	if err := client.LostMode.Update(ctx, id, pulseone.LostModeUpdate{Lost: true, Message: "Please return it"}); err != nil {
		fmt.Println(err)
		return
	}
	// Nil means that the device will be asked when it checks in.
	fmt.Println(client.LostMode.Act(ctx, id, pulseone.LostModeActionPlaySound))
	// Output: <nil>
}
