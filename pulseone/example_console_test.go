package pulseone_test

import (
	"context"
	"fmt"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func ExamplePoliciesService_Create() {
	server, client := memory()
	defer server.Close()
	policy, err := client.Policies.Create(context.Background(), pulseone.PolicyCreate{
		Name: "Sales", Type: pulseone.PolicyTypeApps, Query: "tags: sales",
		DeviceOwnerMode: secureaccess.Set(pulseone.DeviceOwnerModeUser), // 0, which is sent because it is set
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(policy.Name, policy.State)
	// Output: Sales edited
}

func ExamplePoliciesService_ListGlobalProperties() {
	server, client := memory()
	defer server.Close()
	properties, err := client.Policies.ListGlobalProperties(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, property := range properties {
		fmt.Println(property) // the value of a sensitive one is not shown
	}
	// Output: welcome_timeout_hours=48
}

func ExampleEULAsService_Sign() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	server.AddEULA("Be kind.")
	user, err := client.User(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	unsigned, err := client.EULAs.GetUnsigned(ctx, user.ID)
	if err != nil || unsigned == nil { // nil: there is nothing to sign
		fmt.Println(err)
		return
	}
	eula, err := client.EULAs.Get(ctx, user.ID, unsigned.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(eula.Content, client.EULAs.Sign(ctx, user.ID, eula.ID))
	// Output: Be kind. <nil>
}

func ExampleEmailDomainsService_List() {
	server, client := memory()
	defer server.Close()
	server.AddEmailDomain(1, "example.com")
	ctx := context.Background()
	user, err := client.User(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	domains, err := client.EmailDomains.List(ctx, user.DomainID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, domain := range domains {
		fmt.Println(domain.EmailDomain)
	}
	// Output: example.com
}

// A provider's client has the base URL of its own host.
func ExampleDomainsService_Recover() {
	server, client := memory()
	defer server.Close()
	ctx := context.Background()
	server.MarkDomainDeleted(server.AddDomain(pulseone.ManagedDomain{Name: "acme"}))
	for domain, err := range client.Domains.All(ctx, &pulseone.DomainListOptions{Deleted: true}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(domain.Name, client.Domains.Recover(ctx, domain.ID))
	}
	// Output: acme <nil>
}

// Start says where to send a browser that wants to register, by what it calls itself.
func ExampleRegistrationService_Start() {
	server, client := memory()
	defer server.Close()
	next, err := client.Registration.Start(context.Background(), "Mozilla/5.0 (Linux; Android 14)")
	if err != nil {
		fmt.Println(err)
		return
	}
	if next.Location == "" {
		fmt.Println("the device is not supported")
		return
	}
	fmt.Println(next.Location)
	// Output: market://details?id=net.pulsesecure.workspace
}
