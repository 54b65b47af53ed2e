// Package processes holds tests that need processes of the operating system: programs that share a session store, and
// one that is killed.
package processes
