// Reads a public directory of this log with Go's own checksum-database code, so that an
// independent implementation says whether our notes, tiles and proofs are right.
//
// Arguments: verifier key, public directory, signing key. Prints one JSON object.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tiles struct{ folder string }

func (t tiles) Height() int { return 8 }

// Go numbers tiles as tile/<height>/<level>/...; tlog-tiles leaves the height out.
func (t tiles) path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		content, err := os.ReadFile(filepath.Join(t.folder, t.path(tile)))
		if err != nil {
			return nil, err
		}
		found = append(found, content)
	}
	return found, nil
}

func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func openCheckpoint(vkey, folder string) (tlog.Tree, string) {
	verifier, err := note.NewVerifier(vkey)
	check(err)
	content, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	opened, err := note.Open(content, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, opened.Text
}

func bundleEntries(folder string, size int64) [][]byte {
	var entries [][]byte
	for number := int64(0); number*256 < size; number++ {
		tile := tlog.Tile{H: 8, L: 0, N: number, W: 256}
		if left := size - number*256; left < 256 {
			tile.W = int(left)
		}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		content, err := os.ReadFile(filepath.Join(folder, path))
		check(err)
		for len(content) > 0 {
			length := int(content[0])<<8 | int(content[1])
			entries = append(entries, content[2:2+length])
			content = content[2+length:]
		}
	}
	return entries
}

func main() {
	vkey, folder, skey := os.Args[1], os.Args[2], os.Args[3]
	tree, text := openCheckpoint(vkey, folder)
	reader := tlog.TileHashReader(tree, tiles{folder})
	entries := bundleEntries(folder, tree.N)
	if int64(len(entries)) != tree.N {
		log.Fatalf("%d entries for a tree of %d", len(entries), tree.N)
	}
	inclusion := map[string][]string{}
	for index, entry := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(index), reader)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), tlog.RecordHash(entry)))
		var lines []string
		for _, hash := range proof {
			lines = append(lines, hash.String())
		}
		inclusion[fmt.Sprint(index)] = lines
	}
	consistency := map[string][]string{}
	for old := int64(1); old < tree.N; old++ {
		proof, err := tlog.ProveTree(tree.N, old, reader)
		check(err)
		var lines []string
		for _, hash := range proof {
			lines = append(lines, hash.String())
		}
		consistency[fmt.Sprint(old)] = lines
	}
	signer, err := note.NewSigner(skey)
	check(err)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	check(err)
	var out bytes.Buffer
	check(json.NewEncoder(&out).Encode(map[string]interface{}{
		"size": tree.N, "inclusion": inclusion, "consistency": consistency, "signed": string(signed),
	}))
	os.Stdout.Write(out.Bytes())
}
