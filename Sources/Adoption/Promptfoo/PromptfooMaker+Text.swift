import Domain
import Notation

/// Arms of the policy, and the texts of all files.
extension PromptfooMaker {
    // MARK: Arms

    mutating func arms(_ rows: [Row]) -> [(name: String, arm: JSONObject)]? {
        let prompts =
            suite.prompts.isEmpty
            ? [
                PromptfooSuite.Prompt(
                    content: .text("{{prompt}}"), label: nil, place: SourcePlace(file: path, line: 1))
            ]
            : suite.prompts
        if let app {
            let prompt = suite.prompts.first.flatMap { prompt -> String? in
                if case .text(let text) = prompt.content { columns.prompt(text) } else { nil }
            }
            let arm = app.arm(asking: prompt ?? "${input.query}")
            if let doubt = app.doubt {
                notes.append(
                    ImportNote(
                        .changed, at: SourcePlace(file: path, line: 1),
                        "\(app.url) could not be asked how it wants to be asked (\(doubt)): { query } is written",
                        mend: "import again while it runs, or write app.request and app.observe"))
            }
            if suite.prompts.count > 1 { notePrompts(from: 1) }
            return [("baseline", arm), ("candidate", arm)]
        }
        var found: [(name: String, arm: JSONObject)] = []
        var pairs = 0
        for provider in suite.providers {
            for prompt in prompts {
                let made = ProviderImport(provider, prompt, columns)
                for note in made.notes where !notes.contains(note) { notes.append(note) }
                guard made.isAskable else { continue }
                pairs += 1
                guard found.count < 2 else { continue }
                let arm = made.isEcho ? echo(prompt, rows, number: found.count + 1) : made.arm
                found.append((found.isEmpty ? "baseline" : "candidate", arm))
            }
        }
        if pairs > 2 {
            notes.append(
                ImportNote(
                    .left, at: suite.providers.first?.place ?? SourcePlace(file: path, line: 1),
                    "\(pairs) pairs of provider and prompt: the first two are baseline and candidate",
                    mend: "write further ones into policies of their own, or compare with --candidate"))
        }
        guard let first = found.first else {
            if suite.providers.isEmpty {
                notes.append(
                    ImportNote(
                        .left, at: SourcePlace(file: path, line: 1),
                        "no provider is named, so that no policy is written",
                        mend: "give --app URL; or sluice init URL --dataset \(PromptfooImport.dataset)"))
            }
            return nil
        }
        if found.count == 1 { found.append(("candidate", first.arm)) }
        return found
    }

    mutating func notePrompts(from index: Int) {
        for prompt in suite.prompts.dropFirst(index) {
            notes.append(
                ImportNote(
                    .left, at: prompt.place, "a further prompt: --app asks with the first one",
                    mend: "write it into a policy of its own"))
        }
    }

    /// What `echo` answers is known: the prompt itself, recorded.
    mutating func echo(_ prompt: PromptfooSuite.Prompt, _ rows: [Row], number: Int) -> JSONObject {
        let path = "outputs/echo-\(number).jsonl"
        var text = ""
        for row in rows {
            let line: JSONValue = [
                "id": .string(row.id), "answer": .string(Self.rendered(prompt, row.test)), "latency_ms": 0,
            ]
            text += String(decoding: line.bytes(), as: UTF8.self) + "\n"
        }
        files.append(.init(path: path, text: text))
        return JSONObject("recorded", .string(path))
    }

    // MARK: Text

    func text(_ rows: [Row]) -> String {
        var out = ""
        for row in rows {
            var object = row.object
            let expectation = row.expectation
            func texts(_ list: [String]) -> JSONValue {
                list.count == 1 ? .string(list[0]) : .array(list.map { .string($0) })
            }
            if !expectation.references.isEmpty {
                object["reference_response"] = texts(expectation.references)
            }
            if let result = expectation.expectedResult { object["expected_result"] = result }
            if !expectation.required.isEmpty { object["required_elements"] = .array(expectation.required) }
            if !expectation.prohibited.isEmpty {
                object["prohibited_elements"] = .array(expectation.prohibited)
            }
            if !expectation.rubric.isEmpty { object["rubric"] = texts(expectation.rubric) }
            if !row.tags.isEmpty { object["tags"] = .array(row.tags.map { .string($0) }) }
            let line = row.test.place.line
            object["provenance"] = [
                "source": .string("promptfoo, \(row.test.place.file)" + (line > 0 ? " line \(line)" : ""))
            ]
            out += String(decoding: JSONValue.object(object).bytes(), as: UTF8.self) + "\n"
        }
        return out
    }

    func text(_ arms: [(name: String, arm: JSONObject)], _ gates: [GateLine], _ rows: [Row]) -> String {
        var out =
            "# Made by 'sluice import promptfoo' from \(ProbeReading.shown(path)). Every line is yours to change.\n"
        if let description = suite.description {
            out += YAMLText.comment(ProbeReading.shown(description), indent: "")
        }
        out += "version: 1\nproject: \(YAMLText.scalar(project))\napp:\n"
        for (name, arm) in arms {
            out += "  \(name):\n"
            for member in arm.members { out += "    \(member.key): \(YAMLText.flow(member.value))\n" }
        }
        out += limits()
        out += "dataset: \(PromptfooImport.dataset)\n\n# Measured and shown, gated or not.\nmetrics:\n"
        var metrics: [String] = []
        for gate in gates where !metrics.contains(gate.metric) && gate.metric != "schema" {
            metrics.append(gate.metric)
        }
        if rows.contains(where: { !$0.expectation.references.isEmpty }) {
            metrics += ["token_f1", "rouge_l"].filter { !metrics.contains($0) }
        }
        for name in ["length", "latency"] where !metrics.contains(name) { metrics.append(name) }
        if gates.contains(where: { $0.metric == "schema" }) {
            out += "  - schema: { file: schemas/promptfoo-1.json, of: text }\n"
        }
        out += metrics.map { "  - \($0)\n" }.joined()
        out += "\n# Rules that must all hold.\ngates:\n"
        var last = ""
        for gate in gates {
            if gate.why != last { out += YAMLText.comment(gate.why, indent: "  ") }
            last = gate.why
            out += "  - \(gate.rule.contains(": ") ? YAMLText.quoted(gate.rule) : gate.rule)\n"
        }
        return out + "unsure: ask\n"
    }

    func limits() -> String {
        var members = JSONObject()
        if let number = suite.concurrency, number > 0 {
            members["concurrency"] = .integer(Int64(min(4096, number)))
        }
        if let number = suite.repeats, number > 1 { members["repeats"] = .integer(Int64(min(1000, number))) }
        if !suite.usesCache { members["cache"] = false }
        var text = members.isEmpty ? "" : YAMLText.flow(.object(members))
        if let delay = suite.delayMilliseconds, delay > 0 {
            let rate = "rate: \(max(1, 1000 / delay))/s"
            text = text.isEmpty ? "{ \(rate) }" : String(text.dropLast(2)) + ", \(rate) }"
        }
        return text.isEmpty ? "" : "  limits: \(text)\n"
    }
}
