package pulseonetest

import (
	"net/http"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// AddCluster adds a cluster of appliances and returns its id.
func (s *Server) AddCluster(c pulseone.Cluster) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID == "" {
		c.ID = s.newID()
	}
	s.clusters = append(s.clusters, c)
	return c.ID
}

func (s *Server) clusterRoutes() {
	s.api.Handle(func(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		fake.JSON(w, http.StatusOK, map[string]any{"items": append([]pulseone.Cluster{}, s.clusters...)})
	}, "pulseone.appliance_clusters.list")
}
