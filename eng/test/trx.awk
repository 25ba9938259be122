# Reads a .trx file; prints each failure with message and stack, each skip with its reason, and last "passed failed skipped".
function decode(s) {
  gsub(/&#xD;/, "", s); gsub(/&#xA;/, "\n", s); gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s)
  gsub(/&quot;/, "\"", s); gsub(/&apos;/, "'", s); gsub(/&amp;/, "\\&", s)
  return s
}
function attribute(s, name,    found) {
  if (!match(s, " " name "=\"[^\"]*\"")) return ""
  found = substr(s, RSTART, RLENGTH)
  sub("^ " name "=\"", "", found); sub(/"$/, "", found)
  return decode(found)
}
function element(s, name,    from, to) {
  from = index(s, "<" name ">")
  if (!from) return ""
  s = substr(s, from + length(name) + 2)
  to = index(s, "</" name ">")
  return decode(to ? substr(s, 1, to - 1) : s)
}
function indent(s) { gsub(/\n/, "\n    ", s); return "    " s }

# One record for each result; what follows the last is the rest of the file, with the standard output of the run.
BEGIN { RS = "<UnitTestResult " }
NR == 1 { next }
{
  head = $0; sub(/>.*/, "", head); head = " " head
  outcome = attribute(head, "outcome"); name = attribute(head, "testName")
  if (outcome == "Passed") passed++
  else if (outcome == "NotExecuted") {
    skipped++
    reason = element($0, "Message")
    if (reason == "") reason = element($0, "StdOut")
    gsub(/\n/, " ", reason)
    print "skipped " project ": " name ": " (reason == "" ? "(no reason given)" : reason)
  }
  else {
    failed++
    print "FAILED " project ": " name
    print indent(element($0, "Message"))
    print indent(element($0, "StackTrace"))
    output = element($0, "StdOut")
    if (output != "") print indent(length(output) > 4000 ? substr(output, 1, 4000) "\n..." : output)
  }
}
END { print passed + 0, failed + 0, skipped + 0 }
