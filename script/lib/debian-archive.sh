# Sourced: archive prints the address of this machine's own Debian archive.
#
# This machine's archive: the first deb line or deb822 stanza whose suites are Debian's own (not -security) with component main.
archive() {
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -f "$file" ]] || continue
    awk '$1 == "deb" {
      i = 2; options = ""
      if ($i ~ /^\[/) { while (1) { options = options " " $i; if ($i ~ /\]$/) break; i++ } i++ }
      if ($(i + 1) ~ /^(bookworm|trixie|bullseye|forky|sid|stable|testing|oldstable)$/ && / main( |$)/) { print $i; exit }
    }' "$file"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -f "$file" ]] || continue
    awk -v RS= '{
      uri = ""; suite = 0; main = 0; off = 0
      n = split($0, lines, "\n")
      for (l = 1; l <= n; l++) {
        if (lines[l] ~ /^#/) continue
        m = split(lines[l], words, /[ \t]+/)
        key = tolower(words[1])
        for (w = 2; w <= m; w++) {
          if (key == "uris:" && uri == "") uri = words[w]
          if (key == "suites:" && words[w] ~ /^(bookworm|trixie|bullseye|forky|sid|stable|testing|oldstable)$/) suite = 1
          if (key == "components:" && words[w] == "main") main = 1
          if (key == "enabled:" && words[w] == "no") off = 1
        }
      }
      if (uri != "" && suite && main && !off) { print uri; exit }
    }' "$file"
  done
}
