import Domain
import Notation

/// Reads a configuration, and notes what it cannot take over.
struct PromptfooReader {
    let files: any ConfigurationFiles
    let path: String
    var notes: [ImportNote] = []
    var suite = PromptfooSuite()
    /// Tests that arrays of values may grow into.
    static let mostTests = 10_000

    struct Defaults {
        var variables = JSONObject()
        var assertions: [PromptfooAssertion] = []
        var threshold: Double?
        var metadata = JSONObject()
        var prefix = ""
        var suffix = ""
        var isUnread = false
    }

    init(path: String, files: any ConfigurationFiles) {
        self.path = path
        self.files = files
    }

    mutating func read() throws(ImportProblem) -> PromptfooSuite {
        if path.lowercased().hasSuffix(".csv") {
            suite.tests = try PromptfooCSV.tests(
                try bytes(path, at: SourcePlace(file: path, line: 0)), file: path, notes: &notes)
            return suite
        }
        let root = try document(path, at: SourcePlace(file: path, line: 0))
        guard let members = root.members else {
            throw ImportProblem(
                at: SourcePlace(file: path, line: 1), "this is no configuration",
                mend: "name a promptfooconfig.yaml")
        }
        let known = ["prompts", "providers", "targets", "tests", "scenarios", "defaultTest"]
        guard members.contains(where: { known.contains($0.key.text ?? "") }) else {
            throw ImportProblem(
                at: SourcePlace(file: path, line: 1), "none of \(known.joined(separator: ", ")) stands in it",
                mend: "name a promptfooconfig.yaml")
        }
        var defaults = Defaults()
        if let node = root["defaultTest"] { defaults = try readDefaults(node) }
        for member in members { try take(member.key.text ?? "", member.value, at: place(member.key, path)) }
        if let node = root["tests"] { try readTests(node, path, defaults) }
        if let node = root["scenarios"] { try readScenarios(node, path, defaults) }
        suite.tests = expanded(suite.tests)
        return suite
    }

    // MARK: Top level

    mutating func take(_ key: String, _ node: YAMLNode, at place: SourcePlace) throws(ImportProblem) {
        switch key {
        case "description": suite.description = node.text
        case "prompts": try readPrompts(node, path)
        case "providers", "targets": try readProviders(node, path)
        case "evaluateOptions": readOptions(node)
        case "tests", "scenarios", "defaultTest", "$schema", "version", "sharing", "outputPath",
            "writeLatestResults", "tags",
            "metadata":
            break
        case "nunjucksFilters":
            leave(place, "filters of your own for templates", mend: "write out what they make")
        case "extensions", "derivedMetrics", "redteam", "transform":
            leave(place, "'\(key)' has no counterpart", mend: "take it out, or score outside")
        case "env":
            let names = (node.members ?? []).compactMap { $0.key.text }.joined(separator: ", ")
            change(place, "variables of 'env' are not written", mend: "export \(names)")
        case "commandLineOptions":
            leave(place, "'commandLineOptions' are promptfoo's own", mend: "see sluice eval --help")
        default:
            leave(
                place, "'\(ProbeReading.shown(key))' is not known", mend: "check its spelling, or take it out"
            )
        }
    }

    mutating func readOptions(_ node: YAMLNode) {
        for member in node.members ?? [] {
            let key = member.key.text ?? ""
            let number = member.value.text.flatMap { Int($0) } ?? member.value.json.intValue
            switch key {
            case "maxConcurrency": suite.concurrency = number
            case "repeat": suite.repeats = number
            case "delay": suite.delayMilliseconds = number
            case "cache": suite.usesCache = member.value.json.boolValue ?? true
            case "showProgressBar", "interactiveProviders": break
            default:
                leave(
                    place(member.key, path), "evaluateOptions.\(ProbeReading.shown(key)) has no counterpart",
                    mend: "see app.limits in docs/policy.md")
            }
        }
    }

    // MARK: Tests

    mutating func readDefaults(_ node: YAMLNode) throws(ImportProblem) -> Defaults {
        var node = node
        var file = path
        if let text = node.text {
            file = try expand(text, at: place(node, path)).first ?? text
            node = try document(file, at: place(node, path))
        }
        var test = PromptfooTest(place: place(node, file))
        try fill(&test, node, file)
        return Defaults(
            variables: test.variables, assertions: test.assertions, threshold: test.threshold,
            metadata: test.metadata,
            prefix: test.prefix, suffix: test.suffix, isUnread: test.isUnread)
    }

    mutating func readTests(
        _ node: YAMLNode, _ file: String, _ defaults: Defaults
    ) throws(ImportProblem) {
        for element in node.elements ?? [node] {
            let place = place(element, file)
            if let text = element.text ?? element["path"]?.text {
                attempt { (reader) throws(ImportProblem) in
                    for name in try reader.expand(text, at: place) {
                        reader.attempt { (reader) throws(ImportProblem) in
                            try reader.readTestFile(name, at: place, defaults)
                        }
                    }
                }
            } else if element.members != nil {
                suite.tests.append(try test(element, file, defaults))
            }
        }
    }

    mutating func readTestFile(
        _ name: String, at place: SourcePlace, _ defaults: Defaults
    ) throws(ImportProblem) {
        let plain = name.lowercased()
        if plain.hasPrefix("http://") || plain.hasPrefix("https://") || plain.hasPrefix("huggingface://") {
            return leave(
                place, "tests at '\(ProbeReading.shown(name))' are not fetched",
                mend: "save them as CSV beside the configuration")
        }
        if plain.hasSuffix(".xlsx") || plain.hasSuffix(".xls") {
            return leave(
                place, "'\(ProbeReading.shown(name))' is a spreadsheet", mend: "export it as CSV (UTF-8)")
        }
        if Self.isProgram(name) {
            return leave(
                place, "'\(ProbeReading.shown(name))' makes tests by a program",
                mend: "write out the tests it makes")
        }
        if plain.hasSuffix(".csv") {
            let tests = try PromptfooCSV.tests(try bytes(name, at: place), file: name, notes: &notes)
            for test in tests { suite.tests.append(Self.over(defaults, test)) }
        } else if plain.hasSuffix(".jsonl") {
            try readLines(name, at: place, defaults)
        } else {
            try readTests(try document(name, at: place), name, defaults)
        }
    }

    mutating func readLines(
        _ name: String, at place: SourcePlace, _ defaults: Defaults
    ) throws(ImportProblem) {
        let lines = try bytes(name, at: place).split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
            let here = SourcePlace(file: name, line: index + 1, column: 1)
            let read = YAMLNode.read(Array(line))
            guard let root = read.root, root.members != nil, read.problems.isEmpty else {
                throw ImportProblem(at: here, "the line is no JSON object", mend: "one test a line")
            }
            var made = try test(root, name, defaults)
            made = made.moved(to: here)
            suite.tests.append(made)
        }
    }

    mutating func test(
        _ node: YAMLNode, _ file: String, _ defaults: Defaults
    ) throws(ImportProblem) -> PromptfooTest {
        var test = PromptfooTest(place: place(node, file))
        let isAlone = node["options"]?["disableDefaultAsserts"]?.json.boolValue == true
        try fill(&test, node, file)
        var defaults = defaults
        if isAlone { defaults.assertions = [] }
        return Self.over(defaults, test)
    }

    static func over(_ defaults: Defaults, _ test: PromptfooTest) -> PromptfooTest {
        var merged = test
        merged.variables = defaults.variables
        for member in test.variables.members { merged.variables[member.key] = member.value }
        merged.metadata = defaults.metadata
        for member in test.metadata.members { merged.metadata[member.key] = member.value }
        merged.assertions = defaults.assertions + test.assertions
        merged.threshold = test.threshold ?? defaults.threshold
        if merged.prefix.isEmpty { merged.prefix = defaults.prefix }
        if merged.suffix.isEmpty { merged.suffix = defaults.suffix }
        merged.isUnread = test.isUnread || defaults.isUnread
        return merged
    }

    mutating func fill(
        _ test: inout PromptfooTest, _ node: YAMLNode, _ file: String
    ) throws(ImportProblem) {
        for member in node.members ?? [] {
            let key = member.key.text ?? ""
            let here = place(member.key, file)
            switch key {
            case "description": test.description = member.value.text
            case "vars": try readVariables(&test, member.value, file)
            case "assert":
                for element in member.value.elements ?? [] {
                    test.assertions.append(assertion(element, file))
                }
            case "threshold": test.threshold = member.value.json.doubleValue
            case "metadata": if case .object(let object) = member.value.json { test.metadata = object }
            case "options": readTestOptions(&test, member.value, file)
            case "provider", "providers", "prompts", "providerOutput", "assertScoringFunction":
                leave(
                    here, "'\(key)' of a single test has no counterpart",
                    mend: "keep the tests of one app in one file")
            default:
                leave(
                    here, "'\(ProbeReading.shown(key))' of a test is not known",
                    mend: "check its spelling, or take it out")
            }
        }
    }

    mutating func readTestOptions(_ test: inout PromptfooTest, _ node: YAMLNode, _ file: String) {
        for member in node.members ?? [] {
            let key = member.key.text ?? ""
            switch key {
            case "prefix": test.prefix = member.value.text ?? ""
            case "suffix": test.suffix = member.value.text ?? ""
            case "disableDefaultAsserts": break
            case "provider", "rubricPrompt", "factuality":
                // They shape the judged assertions, each of which is noted by itself.
                break
            default:
                leave(
                    place(member.key, file),
                    "the option '\(ProbeReading.shown(key))' of a test has no counterpart",
                    mend: "map the part of the answer that is meant in app.observe")
            }
        }
    }

    mutating func readVariables(
        _ test: inout PromptfooTest, _ node: YAMLNode, _ file: String
    ) throws(ImportProblem) {
        if let text = node.text {
            let here = place(node, file)
            var names: [String] = []
            attempt { (reader) throws(ImportProblem) in names = try reader.expand(text, at: here) }
            if names.isEmpty { test.isUnread = true }
            for name in names {
                var read: YAMLNode?
                attempt { (reader) throws(ImportProblem) in read = try reader.document(name, at: here) }
                switch read?.json {
                case .object(let object)?:
                    for member in object.members { test.variables[member.key] = member.value }
                case nil: test.isUnread = true
                default:
                    test.isUnread = true
                    leave(
                        here, "'\(ProbeReading.shown(name))' holds no variables",
                        mend: "write a mapping of names to values; a CSV belongs to 'tests'")
                }
            }
            return
        }
        for member in node.members ?? [] {
            guard let name = member.key.text else { continue }
            let here = place(member.value, file)
            if let text = member.value.text, text.hasPrefix("file://") {
                var value: JSONValue?
                attempt { (reader) throws(ImportProblem) in value = try reader.variable(text, at: here) }
                if let value { test.variables[name] = value }
            } else {
                test.variables[name] = member.value.json
            }
        }
    }

    /// The content of a file as a variable's value; nil where that is no text.
    mutating func variable(_ text: String, at place: SourcePlace) throws(ImportProblem) -> JSONValue? {
        let name = String(text.dropFirst("file://".count))
        let plain = name.lowercased()
        if Self.isProgram(name) {
            leave(
                place, "the variable is made by '\(ProbeReading.shown(name))'",
                mend: "write out what it makes")
            return nil
        }
        let content = try bytes(name, at: place)
        if plain.hasSuffix(".json") || plain.hasSuffix(".yaml") || plain.hasSuffix(".yml") {
            return try document(name, at: place).json
        }
        guard let words = String(validating: content, as: UTF8.self), !words.contains("\0") else {
            leave(
                place, "'\(ProbeReading.shown(name))' is no text",
                mend: "an app that takes files is not asked in this version")
            return nil
        }
        return .string(words)
    }

    // MARK: Assertions

    func assertion(_ node: YAMLNode, _ file: String) -> PromptfooAssertion {
        let here = place(node, file)
        // A template of the configuration's own: what it stands for is not read.
        guard let type = node["type"]?.text else {
            return PromptfooAssertion(type: node["$ref"] == nil ? "without a type" : "$ref", place: here)
        }
        let known: Set<String> = ["type", "value", "threshold", "weight", "metric", "assert", "description"]
        let others = (node.members ?? []).compactMap { $0.key.text }.filter { !known.contains($0) }
        return PromptfooAssertion(
            type: type, value: node["value"]?.json, threshold: node["threshold"]?.json.doubleValue,
            weight: node["weight"]?.json.doubleValue, metric: node["metric"]?.text, others: others,
            members: (node["assert"]?.elements ?? []).map { assertion($0, file) }, place: here)
    }

    // MARK: Scenarios

    mutating func readScenarios(
        _ node: YAMLNode, _ file: String, _ defaults: Defaults
    ) throws(ImportProblem) {
        for element in node.elements ?? [node] {
            if let text = element.text {
                let here = place(element, file)
                attempt { (reader) throws(ImportProblem) in
                    for name in try reader.expand(text, at: here) {
                        try reader.readScenarios(try reader.document(name, at: here), name, defaults)
                    }
                }
                continue
            }
            for config in element["config"]?.elements ?? [] {
                var base = PromptfooTest(place: place(config, file))
                try fill(&base, config, file)
                let over = Self.over(defaults, base)
                let inner = Defaults(
                    variables: over.variables, assertions: over.assertions, threshold: over.threshold,
                    metadata: over.metadata, prefix: over.prefix, suffix: over.suffix,
                    isUnread: over.isUnread)
                if let tests = element["tests"] { try readTests(tests, file, inner) }
            }
        }
    }

    /// A test for each combination of the values that variables list.
    mutating func expanded(_ tests: [PromptfooTest]) -> [PromptfooTest] {
        var out: [PromptfooTest] = []
        for test in tests {
            var made = [test]
            for member in test.variables.members {
                guard let values = member.value.arrayValue,
                    values.allSatisfy({ $0.arrayValue == nil && $0.objectValue == nil })
                else { continue }
                made = made.flatMap { test in
                    values.map { value in
                        var copy = test
                        copy.variables[member.key] = value
                        return copy
                    }
                }
                if made.count > Self.mostTests { break }
            }
            if out.count + made.count > Self.mostTests {
                leave(test.place, "more than \(Self.mostTests) tests", mend: "list fewer combinations")
                return out
            }
            out += made
        }
        return out
    }
}

extension PromptfooTest {
    /// The same test at another place, its assertions with it.
    func moved(to place: SourcePlace) -> PromptfooTest {
        var copy = PromptfooTest(place: place)
        copy.description = description
        copy.variables = variables
        copy.threshold = threshold
        copy.metadata = metadata
        copy.prefix = prefix
        copy.suffix = suffix
        copy.isUnread = isUnread
        copy.assertions = assertions.map { assertion in
            PromptfooAssertion(
                type: assertion.name, value: assertion.value, threshold: assertion.threshold,
                weight: assertion.weight,
                metric: assertion.metric, others: assertion.others, members: assertion.members,
                place: assertion.place.file == place.file ? place : assertion.place)
        }
        return copy
    }
}
