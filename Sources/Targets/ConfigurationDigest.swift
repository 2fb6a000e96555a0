import Digest
import Domain
import Notation

/// The digest of all that shapes a target's requests or their reading; secrets go in by name only.
struct ConfigurationDigest {
    private var writer = JSONWriter()

    init(kind: String) {
        writer.beginArray()
        // Raised where the same configuration comes to ask or read otherwise.
        writer.integer(1)
        writer.string(kind)
    }

    mutating func add(_ name: String, _ text: String?) {
        writer.string(name)
        if let text { writer.string(text) } else { writer.null() }
    }

    mutating func add(_ name: String, _ value: JSONValue) {
        writer.string(name)
        writer.verbatim(value.canonicalBytes)
    }

    mutating func add(_ policy: TargetPolicy) {
        for header in policy.headers { add("header " + header.name.lowercased(), header.value.template) }
        add("overlay", .object(policy.overlay))
        add("stream", policy.stream.map { $0 ? "true" : "false" })
        add("stream_text", policy.streamText)
        let map = policy.observe
        let parts: [(String, String?)] = [
            ("text", map.text), ("intent", map.intent), ("confidence", map.confidence), ("score", map.score),
            ("label", map.scoreLabel), ("documents", map.documents), ("guardrail", map.guardrail),
            ("usage", map.usage), ("stages", map.stages), ("tools", map.tools), ("logprobs", map.logprobs),
            ("versions", map.versions),
            ("session", map.session),
        ]
        for (name, pointer) in parts { add("observe." + name, pointer) }
        for value in map.values.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            add("observe.values." + value.name, value.pointer)
        }
    }

    /// `sha256:` and 64 digits.
    mutating func value() -> String {
        writer.endArray()
        return ContentDigest(of: writer.bytes).description
    }
}
