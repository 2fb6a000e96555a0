import Domain
import Interchange
import Notation

/// Parts that have readers of their own.
extension MappingFinder {
    static let documentNames: [String: Int] = [
        "documents": 8, "retrieval": 8, "retrieved": 8, "retrieved_documents": 9, "source_documents": 9,
        "sources": 7,
        "contexts": 7, "context": 6, "chunks": 8, "passages": 8, "hits": 6, "search_results": 7, "results": 4,
        "citations": 5, "references": 5, "matches": 4, "nodes": 4, "docs": 8, "evidence": 5, "knowledge": 4,
    ]

    func documents() -> PartProposal? {
        var best: (leaf: Leaf, score: Int)?
        for leaf in leaves {
            guard let list = leaf.value.arrayValue else { continue }
            let named = Self.documentNames[leaf.name] ?? 0
            var score = named
            if let first = list.first {
                guard let part = read("documents", leaf.pointer), part.problem == nil || named >= 7 else {
                    continue
                }
                let keys = Set((first.objectValue?.keys ?? []).map(DatasetField.normalised))
                if !keys.isDisjoint(with: ["id", "doc_id", "document_id", "chunk_id", "_id", "source"]) {
                    score += 3
                }
                if !keys.isDisjoint(with: ["text", "content", "page_content", "passage", "snippet"]) {
                    score += 3
                }
                if !keys.isDisjoint(with: ["score", "similarity", "relevance_score"]) { score += 2 }
                if keys.contains("role") || keys.contains("name") && keys.contains("arguments") { continue }
                if first.objectValue == nil, named < 5 { continue }
            } else if named < 7 {
                continue
            }
            score -= leaf.depth
            if score >= 6, score > best?.score ?? 0 { best = (leaf, score) }
        }
        guard let best else { return nil }
        let count = best.leaf.value.arrayValue?.count ?? 0
        if count == 0 { return proposal("documents", best.leaf, .guess, "named so; empty in these answers") }
        return proposal(
            "documents", best.leaf, best.score >= 10 ? .sure : .likely, "a list of passages with ids or texts"
        )
    }

    static let usageNames = ["usage", "token_usage", "usage_metadata", "tokens", "cost", "billing", "meta"]

    func object(_ part: String, _ names: [String], _ open: [Leaf]) -> PartProposal? {
        for name in names {
            for leaf in open where leaf.name == name && leaf.value.objectValue?.isEmpty == false {
                guard let read = read(part, leaf.pointer), read.problem == nil else { continue }
                return proposal(
                    part, leaf, name == names[0] ? .sure : .likely, "tokens and cost that are known")
            }
        }
        return nil
    }

    func stages(_ open: [Leaf], except usage: String?) -> PartProposal? {
        let names = [
            "timings", "stages", "timing", "latencies", "latency_breakdown", "durations", "stage_timings",
            "steps_ms",
            "latency", "spans", "trace", "performance",
        ]
        for name in names {
            for leaf in open where leaf.name == name && leaf.pointer.description != usage {
                guard let read = read("stages", leaf.pointer), read.problem == nil else { continue }
                guard (read.answer.stages?.count ?? 0) > 1 else { continue }
                return proposal(
                    "stages", leaf, name.hasPrefix("timing") || name == "stages" ? .sure : .likely,
                    "times by name")
            }
        }
        return nil
    }

    func stageNames(_ pointer: String) -> [String] {
        guard let place = try? JSONPointer(pointer), let read = read("stages", place) else { return [] }
        return (read.answer.stages ?? []).map(\.name)
    }

    func guardrail(_ open: [Leaf]) -> PartProposal? {
        let names = [
            "guardrail", "guardrails", "moderation", "safety", "blocked", "is_blocked", "flagged", "refused",
            "content_filter",
        ]
        for name in names {
            for leaf in open where leaf.name == name && !leaf.parents.contains("versions") {
                guard let read = read("guardrail", leaf.pointer), read.problem == nil,
                    read.answer.guardrail != nil
                else {
                    continue
                }
                return proposal(
                    "guardrail", leaf, name.hasPrefix("guardrail") ? .sure : .likely, "says allow or block")
            }
        }
        return nil
    }

    func tools(_ open: [Leaf]) -> PartProposal? {
        for name in ["tool_calls", "function_calls", "tools", "tools_used", "actions", "tool_use", "calls"] {
            for leaf in open where leaf.name == name {
                guard let list = leaf.value.arrayValue, let read = read("tools", leaf.pointer),
                    read.problem == nil
                else {
                    continue
                }
                if list.isEmpty && name != "tool_calls" && name != "function_calls" { continue }
                let sure: Sureness = list.isEmpty ? .likely : .sure
                return proposal(
                    "tools", leaf, sure,
                    list.isEmpty ? "named so; empty in these answers" : "calls with names")
            }
        }
        return nil
    }

    func versions(_ open: [Leaf]) -> PartProposal? {
        if let leaf = open.first(where: { $0.name == "versions" && $0.value.objectValue?.isEmpty == false }) {
            return proposal("versions", leaf, .sure, "versions by name")
        }
        for name in ["model", "model_version", "model_name", "prompt_version", "app_version", "version"] {
            let places = open.filter { leaf in
                leaf.name == name && (leaf.value.stringValue ?? "").isEmpty == false && !leaf.isInList
            }
            guard let leaf = places.min(by: { $0.depth < $1.depth }), !varies(leaf.pointer) else { continue }
            return proposal("versions", leaf, .likely, "a version of the same name")
        }
        return nil
    }

    func session(_ open: [Leaf]) -> PartProposal? {
        for name in ["session_id", "session", "conversation_id", "thread_id", "chat_id"] {
            for leaf in open where leaf.name == name && !leaf.isInList {
                guard let read = read("session", leaf.pointer), read.problem == nil else { continue }
                return proposal("session", leaf, .sure, "named so")
            }
        }
        return nil
    }

    // MARK: Reading

    /// What the gate's own reader makes of a place, over all answers that have it.
    func read(_ part: String, _ pointer: JSONPointer) -> (answer: Answer, problem: String?)? {
        var map = ObserveMap()
        map[part] = pointer.description
        guard let reader = try? AnswerReader(map) else { return nil }
        var best: Answer?
        for answer in answers {
            guard let body = answer.body, pointer.value(in: body) != nil else { continue }
            var made = Answer(latencyMilliseconds: nil)
            reader.read(body, into: &made)
            if let problem = made.problems.first { return (made, problem.detail) }
            if best == nil || made.stages?.count ?? 0 > best?.stages?.count ?? 0 { best = made }
        }
        return best.map { ($0, nil) }
    }

    func proposal(_ part: String, _ leaf: Leaf, _ sureness: Sureness, _ why: String) -> PartProposal {
        PartProposal(
            part: part, pointer: leaf.pointer.description, sample: Self.sample(part, leaf.value),
            sureness: sureness, why: why)
    }

    static func sample(_ part: String, _ value: JSONValue) -> String {
        switch part {
        case "documents":
            guard let list = value.arrayValue, let first = list.first else { return "none in this answer" }
            let id = first["id"]?.stringValue ?? first.stringValue ?? first["source"]?.stringValue
            let named = id.map { ", first '\(ProbeReading.shown($0))'" } ?? ""
            return "\(list.count) \(list.count == 1 ? "document" : "documents")\(named)"
        case "usage": return (try? UsageReader.read(value)).map(words) ?? shown(value)
        case "tools":
            let names = (ToolCallReader.read(value).calls ?? []).map(\.name)
            return names.isEmpty ? "none in this answer" : ProbeReading.shown(names.joined(separator: ", "))
        default: return shown(value)
        }
    }

    static func words(_ usage: Usage) -> String {
        var parts: [String] = []
        if let input = usage.inputTokens { parts.append("\(input) in") }
        if let output = usage.outputTokens { parts.append("\(output) out") }
        if let cost = usage.cost { parts.append("cost \(cost)") }
        return parts.joined(separator: ", ")
    }

    static func shown(_ value: JSONValue) -> String {
        let text = ProbeReading.shown(value.stringValue ?? String(decoding: value.bytes(), as: UTF8.self))
        let head = String(text.unicodeScalars.prefix(60))
        let cut = head.unicodeScalars.count < text.unicodeScalars.count ? head + "…" : head
        return value.stringValue == nil ? cut : "\"\(cut)\""
    }
}

extension ObserveMap {
    /// A part by the name that a policy has for it.
    subscript(part: String) -> String? {
        get { Self.paths[part].flatMap { self[keyPath: $0] } }
        set { if let path = Self.paths[part] { self[keyPath: path] = newValue } }
    }

    private static var paths: [String: WritableKeyPath<ObserveMap, String?>] {
        [
            "text": \.text, "intent": \.intent, "confidence": \.confidence, "score": \.score,
            "label": \.scoreLabel,
            "documents": \.documents, "guardrail": \.guardrail, "usage": \.usage, "stages": \.stages,
            "tools": \.tools,
            "versions": \.versions, "session": \.session,
        ]
    }
}
