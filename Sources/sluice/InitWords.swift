import Adoption
import Curation
import Notation
import Policy
import Reporting
import Text

/// What `sluice init` says of what it found and wrote.
struct InitWords {
    let finding: AppFinding
    let mapping: Mapping
    let preset: Preset
    let why: String
    let others: [Preset]
    let policy: StarterPolicy
    let set: InitSet
    let path: String
    let folder: String

    var text: String {
        var out = head()
        if let first = MappingFinder.speaking(finding.answers) {
            out += AnswerPreview.lines(first).map { VisibleText.lines($0) + "\n" }.joined() + "\n"
        }
        out += table()
        for note in finding.notes { out += "note: \(VisibleText.line(note))\n" }
        for part in policy.missing {
            out += "  not shown: \(part.part). Return \(part.example)\n             → \(part.allows)\n"
        }
        if !policy.missing.isEmpty { out += "  (return them in the answer: traces are not read yet)\n" }
        out += "\npreset \(preset.name): \(why)"
        if !others.isEmpty {
            out += "; " + others.map(\.name).joined(separator: ", ") + " would suit too (--preset)"
        }
        out += "\n\n" + written() + "\n" + whatItShows() + "\n" + next()
        return out
    }

    private func head() -> String {
        let milliseconds = finding.answers.map(\.milliseconds).max() ?? 0
        let address = VisibleText.line(finding.shape.address)
        let stream = finding.answers.contains(where: \.isStream) ? " as a stream" : ""
        let count = finding.requests == 1 ? "1 request" : "\(finding.requests) requests"
        return "\(address) answers \(VisibleText.line(finding.shape.words))\(stream), "
            + "at most \(Int(milliseconds.rounded())) ms (\(count) sent)\n\n"
    }

    private func table() -> String {
        let rows = (mapping.parts + mapping.known).map { part in
            [
                part.part, part.pointer.isEmpty ? "(whole answer)" : part.pointer, part.sureness.rawValue,
                part.sample,
            ]
        }
        let titles = ["part", "where", "how sure", "sample"]
        let all = [titles] + rows.map { $0.map { VisibleText.line($0) } }
        let widths = (0..<3).map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            "  " + (0..<3).map { Help.padded(row[$0], widths[$0]) }.joined(separator: "  ") + "  " + row[3]
                + "\n"
        }.joined()
    }

    private func written() -> String {
        var out =
            "wrote \(path): \(Prose.counted(policy.metrics.count, "metric")), "
            + "\(Prose.counted(policy.gates.count, "gate")) in force\n"
        if set.bytes != nil {
            let what =
                Prose.counted(
                    set.count, set.isOwn ? "question of yours" : "question to begin with",
                    set.isOwn ? "questions of yours" : "questions to begin with")
            out += "wrote \(folder + set.path): \(what), no expectations made up\n"
        } else {
            out += "the data set stays where it is: \(set.path), \(Prose.counted(set.count, "example"))\n"
        }
        return out
    }

    /// What so many examples can show, and what they cannot.
    private func whatItShows() -> String {
        let n = set.count
        guard n > 0 else { return "" }
        var out = "\(n) \(n == 1 ? "example" : "examples")"
        if let drop = DetectableChange.drop(examples: n) {
            let points = Int((drop * 100).rounded())
            out += " can show a drop of \(points) points in a pass rate or more (80 % power)"
        } else {
            out += " can show that the app answers, and nothing of small changes"
        }
        let upper = InitWords.unseen(n)
        out += ";\nwith no failure among them up to \(upper) % of requests may still fail"
        let needed = DetectableChange.examples(forPercentile: 0.95, confidence: 0.95) ?? 59
        out += n < needed ? ", and a bound on p95 needs \(needed).\n" : ".\n"
        return out
    }

    /// 1 − 0.05^(1/n), in per cent: what no event among n leaves possible.
    private static func unseen(_ n: Int) -> Int {
        var low = 0.0
        var high = 1.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            var all = 1.0
            for _ in 0..<n {
                all *= 1 - middle
                if all < 0.05 { break }
            }
            if all > 0.05 { low = middle } else { high = middle }
        }
        return Int((high * 100).rounded(.up))
    }

    private func next() -> String {
        let flag = path == "sluice.yaml" ? "" : " --policy \(ShellWord.quoted(path))"
        var out = "next  sluice eval\(flag)          a first verdict: the app against itself ships\n"
        if !set.blanks.isEmpty {
            out +=
                "      write what a right answer is into \(folder + set.path): \(set.blanks.joined(separator: ", "))\n"
        }
        out += "      sluice dataset lint\(flag)  what the set still lacks\n"
        out += "      sluice eval\(flag) --candidate URL   the changed version against this one\n"
        return out
    }

    // MARK: JSON

    func json(written: Bool) -> String {
        var object = JSONObject()
        object["format"] = "sluice.init/1"
        object["address"] = .string(finding.shape.address)
        object["request"] = .string(finding.shape.words)
        object["requests"] = .integer(Int64(finding.requests))
        object["preset"] = .string(preset.name)
        object["why"] = .string(why)
        object["parts"] = .array(
            (mapping.parts + mapping.known).map { part in
                [
                    "part": .string(part.part), "pointer": .string(part.pointer),
                    "sureness": .string(part.sureness.rawValue), "sample": .string(part.sample),
                    "why": .string(part.why),
                ]
            })
        object["missing"] = .array(
            policy.missing.map { part in
                ["part": .string(part.part), "return": .string(part.example), "allows": .string(part.allows)]
            })
        object["notes"] = .array(finding.notes.map { .string($0) })
        object["metrics"] = .array(policy.metrics.map { .string($0) })
        object["gates"] = .array(policy.gates.map { .string($0) })
        object["policy"] = .string(path)
        object["dataset"] = .string(set.path)
        object["examples"] = .integer(Int64(set.count))
        object["written"] = .bool(written)
        return String(decoding: JSONValue.object(object).bytes(pretty: true), as: UTF8.self) + "\n"
    }
}
