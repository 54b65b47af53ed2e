// Surface writes api/<package>.txt: the exported surface of every public package. A change of it shows in the diff of
// these files.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/secureaccess-go/secureaccess/internal/house"
)

// root is the root of the module as seen from internal/house, where go generate runs this.
const root = "../.."

func main() {
	log.SetFlags(0)
	log.SetPrefix("surface: ")
	if err := write(root); err != nil {
		log.Fatal(err)
	}
}

func write(root string) error {
	m, err := house.Load(root)
	if err != nil {
		return err
	}
	files, err := house.Surfaces(m)
	if err != nil {
		return err
	}
	directory := filepath.Join(root, "api")
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	there, err := filepath.Glob(filepath.Join(directory, "*.txt"))
	if err != nil {
		return err
	}
	for _, name := range there {
		if files[filepath.Base(name)] == nil { // of a package that is gone
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(directory, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
