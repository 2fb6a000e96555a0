import CYAML

extension YAMLNode {
    /// Reads one YAML document, with the place of every node, and collects what is wrong with it.
    ///
    /// Anchors and aliases are written out, within limits. Refused with a reason: merge keys (`<<`), repeated
    /// keys, keys that are no scalars, tags other than `!!str`, `!!seq` and `!!map`, further documents, text
    /// that is not UTF-8. After a syntax error nothing more is read; the tree so far is kept.
    public static func read(_ bytes: [UInt8], limits: YAMLLimits = .standard) -> YAMLDocument {
        bytes.withUnsafeBufferPointer { buffer in
            if let problem = unreadable(buffer, limits: limits) {
                return YAMLDocument(root: nil, problems: [problem], isWhole: false)
            }
            let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
            defer { parser.deallocate() }
            var reader = YAMLTreeReader(limits: limits, parser: parser)
            return reader.read(buffer)
        }
    }

    /// Reads one YAML document; see ``read(_:limits:)-([UInt8],_)``.
    public static func read(_ text: String, limits: YAMLLimits = .standard) -> YAMLDocument {
        read(Array(text.utf8), limits: limits)
    }

    /// What keeps the text from being characters at all.
    private static func unreadable(_ bytes: UnsafeBufferPointer<UInt8>, limits: YAMLLimits) -> YAMLProblem? {
        let start = SourceMark(line: 1, column: 1)
        guard bytes.count <= limits.bytes else {
            return YAMLProblem(mark: start, message: "the file is longer than \(limits.bytes) bytes")
        }
        if let offset = firstInvalidUTF8(in: bytes) {
            let utf16 = bytes.count >= 2 && (bytes[0] == 0xFF || bytes[0] == 0xFE)
            return YAMLProblem(
                mark: SourceMark(offset: offset, in: bytes), message: "the bytes are not valid UTF-8",
                note: utf16 ? "the file seems to be UTF-16; save it as UTF-8" : "save the file as UTF-8")
        }
        for (offset, byte) in bytes.enumerated() where byte < 0x20 || byte == 0x7F {
            if byte == 0x09 || byte == 0x0A || byte == 0x0D { continue }
            let code = String(0x1_0000 + Int(byte), radix: 16).dropFirst().uppercased()
            return YAMLProblem(
                mark: SourceMark(offset: offset, in: bytes),
                message: "a control character (U+\(code)) stands here",
                note: "write it as an escape in double quotes")
        }
        return nil
    }
}

/// Builds the tree from libyaml's events. libyaml's own stacks are on the heap; ours are bounded by depth.
private struct YAMLTreeReader {
    private enum Event {
        case scalar(String, quoted: Bool)
        case alias(String)
        case sequence
        case mapping
        case end
        case document
        case other
    }

    /// The reader cannot go on; the problem is recorded.
    private struct Stop: Error {}

    private struct Anchored {
        /// Nil while the node that bears the anchor is still being read.
        var node: YAMLNode?
        var nodes: Int
    }

    private let limits: YAMLLimits
    /// On the heap, as libyaml keeps a pointer to it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private var event = yaml_event_t()
    private var problems: [YAMLProblem] = []
    private var anchors: [String: Anchored] = [:]
    private var nodes = 0
    private var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

    // Of the event at hand.
    private var start = SourceMark(line: 1, column: 1)
    private var end = SourceMark(line: 1, column: 1)
    private var anchor: String?
    private var tag: String?

    init(limits: YAMLLimits, parser: UnsafeMutablePointer<yaml_parser_t>) {
        self.limits = limits
        self.parser = parser
    }

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> YAMLDocument {
        self.bytes = bytes
        guard yaml_parser_initialize(parser) == 1 else {
            let problem = YAMLProblem(mark: start, message: "there is not enough memory to read the file")
            return YAMLDocument(root: nil, problems: [problem])
        }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        var root: YAMLNode?
        var documents = 0
        var isWhole = true
        do {
            while let event = try next() {
                switch event {
                case .document:
                    documents += 1
                    if documents > 1 {
                        record("a second document begins here", note: "keep one document a file")
                        throw Stop()
                    }
                case .other, .end: continue
                default: root = try node(of: event, depth: 0, into: &root)
                }
            }
        } catch {
            // Recorded where it was thrown.
            isWhole = false
        }
        problems.sort { ($0.mark.line, $0.mark.column) < ($1.mark.line, $1.mark.column) }
        return YAMLDocument(root: root, problems: problems, isWhole: isWhole)
    }

    private mutating func record(
        _ message: String, at mark: SourceMark? = nil, note: String? = nil, other: SourceMark? = nil
    ) {
        problems.append(YAMLProblem(mark: mark ?? start, message: message, note: note, other: other))
    }

    /// The next event; nil at the end of the stream.
    private mutating func next() throws(Stop) -> Event? {
        guard yaml_parser_parse(parser, &event) == 1 else {
            problems.append(YAMLProblem(of: parser.pointee, in: bytes))
            throw Stop()
        }
        defer { yaml_event_delete(&event) }
        start = SourceMark(event.start_mark)
        end = SourceMark(event.end_mark)
        anchor = nil
        tag = nil
        switch event.type {
        case YAML_STREAM_END_EVENT: return nil
        case YAML_DOCUMENT_START_EVENT: return .document
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            anchor = text(scalar.anchor)
            tag = text(scalar.tag)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let plain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            return .scalar(String(decoding: bytes, as: UTF8.self), quoted: !plain)
        case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            anchor = text(event.data.sequence_start.anchor)
            tag = text(event.data.sequence_start.tag)
            return .sequence
        case YAML_MAPPING_START_EVENT:
            anchor = text(event.data.mapping_start.anchor)
            tag = text(event.data.mapping_start.tag)
            return .mapping
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
        default: return .other
        }
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    /// Reads the node that the event begins. What was read of it before a syntax error is put into `partial`.
    private mutating func node(
        of event: Event, depth: Int, into partial: inout YAMLNode?
    ) throws(Stop)
        -> YAMLNode
    {
        try count(1)
        let begin = start
        let name = anchor
        let before = nodes
        if let name { anchors[name] = Anchored(node: nil, nodes: 0) }
        let node: YAMLNode
        switch event {
        case .alias(let name): return try resolve(alias: name)
        case .scalar(let value, let quoted):
            let forced = checkTag(allowed: "tag:yaml.org,2002:str")
            node = YAMLNode(content: .scalar(value, quoted: quoted || forced), start: begin, end: end)
        case .sequence:
            _ = checkTag(allowed: "tag:yaml.org,2002:seq")
            try checkDepth(depth)
            node = try sequence(from: begin, depth: depth, into: &partial)
        case .mapping:
            _ = checkTag(allowed: "tag:yaml.org,2002:map")
            try checkDepth(depth)
            node = try mapping(from: begin, depth: depth, into: &partial)
        case .end, .document, .other:
            node = YAMLNode(content: .scalar("", quoted: false), start: begin, end: begin)
        }
        if let name { anchors[name] = Anchored(node: node, nodes: nodes - before + 1) }
        return node
    }

    private mutating func sequence(
        from begin: SourceMark, depth: Int, into partial: inout YAMLNode?
    ) throws(Stop) -> YAMLNode {
        var elements: [YAMLNode] = []
        do throws(Stop) {
            while let event = try next() {
                if case .end = event { break }
                var broken: YAMLNode?
                do throws(Stop) {
                    elements.append(try node(of: event, depth: depth + 1, into: &broken))
                } catch {
                    if let broken { elements.append(broken) }
                    throw error
                }
            }
        } catch {
            let last = elements.last?.end ?? begin
            partial = YAMLNode(content: .sequence(elements), start: begin, end: last)
            throw error
        }
        return YAMLNode(
            content: .sequence(elements), start: begin, end: close(begin, after: elements.last?.end))
    }

    private mutating func mapping(
        from begin: SourceMark, depth: Int, into partial: inout YAMLNode?
    ) throws(Stop) -> YAMLNode {
        var members: [(key: YAMLNode, value: YAMLNode)] = []
        var places: [ByteKey: SourceMark] = [:]
        var last: SourceMark?
        do throws(Stop) {
            while let event = try next() {
                if case .end = event { break }
                var unused: YAMLNode?
                let key = try node(of: event, depth: depth + 1, into: &unused)
                let keep = check(key, against: &places)
                guard let event = try next() else { break }
                var broken: YAMLNode?
                do throws(Stop) {
                    let value = try node(of: event, depth: depth + 1, into: &broken)
                    last = value.end
                    if keep { members.append((key, value)) }
                } catch {
                    if keep, let broken { members.append((key, broken)) }
                    throw error
                }
            }
        } catch {
            partial = YAMLNode(content: .mapping(members), start: begin, end: last ?? begin)
            throw error
        }
        return YAMLNode(content: .mapping(members), start: begin, end: close(begin, after: last))
    }

    /// Where a collection ends: behind its bracket, or, as a block, behind its last node, since libyaml
    /// places the end of a block at the start of whatever follows.
    private func close(_ begin: SourceMark, after last: SourceMark?) -> SourceMark {
        start != end ? end : last ?? begin
    }

    /// Whether a key may be kept; records why not.
    private mutating func check(_ key: YAMLNode, against places: inout [ByteKey: SourceMark]) -> Bool {
        guard case .scalar(let name, let quoted) = key.content else {
            record(
                "a key must be a plain text, not a list or mapping", at: key.start,
                note: "quote it if the brackets are part of the text")
            return false
        }
        if name == "<<", !quoted {
            record("merge keys ('<<') are not supported", at: key.start, note: "write the keys out")
            return false
        }
        if let first = places[ByteKey(name)] {
            record(
                "the key '\(name)' is already set at line \(first.line), column \(first.column)",
                at: key.start,
                note: "remove one of the two", other: first)
            return false
        }
        places[ByteKey(name)] = key.start
        return true
    }

    private mutating func resolve(alias name: String) throws(Stop) -> YAMLNode {
        guard let anchored = anchors[name] else {
            record(
                "there is no anchor '&\(name)' above for the alias '*\(name)'",
                note: "quote the text if it merely begins with '*'")
            return YAMLNode(content: .scalar("", quoted: false), start: start, end: end)
        }
        guard let node = anchored.node else {
            record("the alias '*\(name)' stands within the node it names, which would never end")
            return YAMLNode(content: .scalar("", quoted: false), start: start, end: end)
        }
        try count(anchored.nodes - 1)
        // The top keeps the alias's own place, so that a message points at where it is used.
        return YAMLNode(content: node.content, start: start, end: end)
    }

    private mutating func count(_ more: Int) throws(Stop) {
        nodes += more
        guard nodes > limits.nodes else { return }
        record("the file holds more than \(limits.nodes) values, aliases written out")
        throw Stop()
    }

    private mutating func checkDepth(_ depth: Int) throws(Stop) {
        guard depth >= limits.depth else { return }
        record("lists and mappings are nested more than \(limits.depth) deep")
        throw Stop()
    }

    /// Whether the node bears the one tag that is allowed here; any other is recorded.
    private mutating func checkTag(allowed: String) -> Bool {
        guard let tag, !tag.isEmpty else { return false }
        if tag == allowed || tag == "!" { return true }
        record("the tag '\(tag)' is not supported", note: "remove it; quotes make a value a text")
        return false
    }
}

extension SourceMark {
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
