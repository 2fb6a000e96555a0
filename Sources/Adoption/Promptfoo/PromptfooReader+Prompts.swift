import Domain
import Notation

/// Prompts and providers.
extension PromptfooReader {
    // MARK: Prompts

    mutating func readPrompts(_ node: YAMLNode, _ file: String) throws(ImportProblem) {
        if let members = node.members {
            for member in members {
                let here = place(member.key, file)
                attempt { (reader) throws(ImportProblem) in
                    try reader.addPrompt(member.key.text ?? "", label: member.value.text, here)
                }
            }
            return
        }
        for element in node.elements ?? [node] {
            let place = place(element, file)
            if let text = element.text {
                attempt { (reader) throws(ImportProblem) in
                    try reader.addPrompt(text, label: nil, place)
                }
            } else if element.members != nil {
                let raw = element["raw"]?.text ?? element["id"]?.text ?? element["file"]?.text
                guard let raw else {
                    leave(place, "a prompt without 'raw' and 'id'", mend: "write the prompt itself")
                    continue
                }
                attempt { (reader) throws(ImportProblem) in
                    try reader.addPrompt(raw, label: element["label"]?.text, place)
                }
            }
        }
    }

    mutating func addPrompt(
        _ text: String, label: String?, _ place: SourcePlace
    ) throws(ImportProblem) {
        let schemes = ["exec:", "langfuse://", "portkey://", "helicone://", "python:"]
        if schemes.contains(where: { text.hasPrefix($0) }) {
            return leave(
                place, "the prompt '\(ProbeReading.shown(text))' is made by a program or a service",
                mend: "write out what it makes")
        }
        let isFile =
            text.hasPrefix("file://")
            || (!text.contains("\n") && !text.contains("{{") && Self.looksLikeFile(text))
        guard isFile else { return addPromptText(text, label: label, place) }
        for name in try expand(text, at: place) {
            if Self.isProgram(name) {
                leave(
                    place, "the prompt '\(ProbeReading.shown(name))' is made by a program",
                    mend: "write out what it makes")
                continue
            }
            let content = String(decoding: try bytes(name, at: place), as: UTF8.self)
            if name.hasSuffix(".csv") {
                try addPromptTable(content, name)
            } else if name.hasSuffix(".json") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                let root = try document(name, at: place)
                suite.prompts.append(
                    .init(
                        content: .messages(root.json), label: label, place: SourcePlace(file: name, line: 1)))
            } else {
                for part in Self.parts(content) {
                    addPromptText(part, label: label, SourcePlace(file: name, line: 1))
                }
            }
        }
    }

    mutating func addPromptTable(_ content: String, _ name: String) throws(ImportProblem) {
        guard let rows = try? CSVReader.rows(Array(content.utf8)), let header = rows.first else { return }
        let column = header.firstIndex { $0.text == "prompt" } ?? 0
        for row in rows.dropFirst() where column < row.count {
            addPromptText(row[column].text, label: nil, SourcePlace(file: name, line: row[column].line))
        }
    }

    /// `make.py`, `make.py:function`.
    static func isProgram(_ name: String) -> Bool {
        let plain = (name.split(separator: ":").first.map(String.init) ?? name).lowercased()
        return [".py", ".js", ".ts", ".mjs", ".cjs", ".rb", ".sh"].contains { plain.hasSuffix($0) }
    }

    static func looksLikeFile(_ text: String) -> Bool {
        [".txt", ".md", ".json", ".yaml", ".yml", ".j2", ".py", ".js", ".ts", ".csv"].contains {
            text.hasSuffix($0)
        }
            && !text.contains(" ")
    }

    /// Prompts of one file, parted by lines of `---`.
    static func parts(_ content: String) -> [String] {
        var parts: [String] = [""]
        for line in content.split(separator: "\n", omittingEmptySubsequences: false) {
            if PromptfooCSV.trimmed(String(line)) == "---" {
                parts.append("")
            } else {
                parts[parts.count - 1] += parts[parts.count - 1].isEmpty ? String(line) : "\n" + line
            }
        }
        return parts.map(PromptfooCSV.trimmed).filter { !$0.isEmpty }
    }

    mutating func addPromptText(_ text: String, label: String?, _ place: SourcePlace) {
        if let value = try? JSONValue.parse(text), let list = value.arrayValue, list.first?["role"] != nil {
            suite.prompts.append(.init(content: .messages(value), label: label, place: place))
            return
        }
        suite.prompts.append(.init(content: .text(text), label: label, place: place))
    }

    // MARK: Providers

    mutating func readProviders(_ node: YAMLNode, _ file: String) throws(ImportProblem) {
        for element in node.elements ?? [node] {
            let place = place(element, file)
            if let text = element.text {
                if text.hasPrefix("file://"),
                    [".yaml", ".yml", ".json"].contains(where: { text.hasSuffix($0) })
                {
                    for name in try expand(text, at: place) {
                        try readProviders(try document(name, at: place), name)
                    }
                } else {
                    suite.providers.append(
                        .init(id: text, label: nil, config: .object(JSONObject()), others: [], place: place))
                }
            } else if let id = element["id"]?.text {
                addProvider(id, element, place)
            } else if let member = element.members?.first, let id = member.key.text {
                addProvider(id, member.value, place)
            }
        }
    }

    mutating func addProvider(_ id: String, _ node: YAMLNode, _ place: SourcePlace) {
        let known: Set<String> = ["id", "label", "config", "delay", "inputs"]
        let others = (node.members ?? []).compactMap { $0.key.text }.filter { !known.contains($0) }
        suite.providers.append(
            .init(
                id: id, label: node["label"]?.text, config: node["config"]?.json ?? .object(JSONObject()),
                others: others,
                place: place))
    }
}
