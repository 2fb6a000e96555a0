import CPCRE2

/// A regular expression that cannot run away: compiled once, then used from any thread.
///
/// A match that takes too many steps or too much memory is an
/// error, never a wait. Compiling includes the JIT where the processor has one (some 10 to 100 µs).
public final class Pattern: @unchecked Sendable {
    // `@unchecked` holds because the compiled code and the limits are never changed after `init`; PCRE2 lets
    // any number of threads match with them, each with match data of its own, which every call makes.
    private let code: OpaquePointer
    private let limits: OpaquePointer
    /// As it was written.
    public let source: String

    /// The most steps of one match: more than any honest pattern needs on a text of megabytes.
    private static let stepLimit: UInt32 = 5_000_000
    /// The most memory of one match, in KiB.
    private static let heapLimit: UInt32 = 32 << 10

    /// How a pattern is read.
    public enum Dialect: Sendable {
        /// PCRE2's own; letters, digits and word boundaries are Unicode's.
        case pcre
        /// ECMA-262's with the flag `u`, as JSON Schema has it: `\d` and `\w` are ASCII's, `\s` is Unicode's,
        /// `\uXXXX` is a character, `$` is the very end. Lookbehind must be of a fixed length.
        case ecma
    }

    /// Compiles a pattern.
    ///
    /// - Throws: what is wrong with it, and where.
    public init(
        _ source: String, dialect: Dialect = .pcre, ignoringCase: Bool = false
    ) throws(PatternProblem) {
        let compiled = try Self.compiled(source, dialect, ignoringCase)
        guard let context = pcre2_match_context_create_8(nil) else {
            pcre2_code_free_8(compiled)
            throw PatternProblem(message: "out of memory", offset: 0)
        }
        pcre2_set_match_limit_8(context, Self.stepLimit)
        pcre2_set_heap_limit_8(context, Self.heapLimit)
        // Without a JIT it is interpreted: the same, slower.
        _ = pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE)
        code = compiled
        limits = context
        self.source = source
    }

    /// Says what is wrong with a pattern, if anything, without making it ready to match: a few µs.
    ///
    /// - Throws: as `init`.
    public static func check(_ source: String, dialect: Dialect = .pcre) throws(PatternProblem) {
        pcre2_code_free_8(try compiled(source, dialect, false))
    }

    private static func compiled(
        _ source: String, _ dialect: Dialect, _ ignoringCase: Bool
    ) throws(PatternProblem) -> OpaquePointer {
        var number: Int32 = 0
        var offset = 0
        var options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C
        switch dialect {
        case .pcre: options |= PCRE2_UCP
        case .ecma: options |= PCRE2_MATCH_UNSET_BACKREF
        }
        if ignoringCase { options |= PCRE2_CASELESS }
        var text = dialect == .ecma ? try ECMAPattern.translated(source) : source
        let compiled = text.withUTF8 { bytes in
            pcre2_compile_8(
                bytes.baseAddress ?? Self.noBytes, bytes.count, options, &number, &offset, nil)
        }
        guard let compiled else {
            let before = text.utf8.prefix(offset)
            let scalars = before.count { $0 & 0xC0 != 0x80 }
            // The place in a translation tells nobody anything.
            throw PatternProblem(
                message: Self.message(number), offset: dialect == .ecma ? 0 : scalars,
                isSyntax: dialect == .pcre)
        }
        return compiled
    }

    deinit {
        pcre2_match_context_free_8(limits)
        pcre2_code_free_8(code)
    }

    /// Whether it matches somewhere in the text.
    public func matches(_ text: String) throws(PatternLimit) -> Bool { try count(in: text, atMost: 1) > 0 }

    /// The first match, as UTF-8 offsets, from `start` on.
    public func firstMatch(in text: String, from start: Int = 0) throws(PatternLimit) -> Range<Int>? {
        try scan(text, from: start, atMost: 1).last
    }

    /// How often it matches, without overlap, counted up to `atMost`.
    public func count(in text: String, atMost: Int = .max) throws(PatternLimit) -> Int {
        try scan(text, from: 0, atMost: atMost).count
    }

    /// All matches, as UTF-8 offsets, without overlap, `atMost` at most.
    public func matches(in text: String, atMost: Int = .max) throws(PatternLimit) -> [Range<Int>] {
        try scan(text, from: 0, atMost: atMost)
    }

    private func scan(_ text: String, from: Int, atMost: Int) throws(PatternLimit) -> [Range<Int>] {
        guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else { throw PatternLimit() }
        defer { pcre2_match_data_free_8(data) }
        var text = text
        let found: [Range<Int>]? = text.withUTF8 { bytes in
            Self.scan(code, limits, data, bytes, from: from, atMost: atMost)
        }
        guard let found else { throw PatternLimit() }
        return found
    }

    /// Nil where a limit was reached.
    private static func scan(
        _ code: OpaquePointer, _ limits: OpaquePointer, _ data: OpaquePointer,
        _ bytes: UnsafeBufferPointer<UInt8>,
        from: Int, atMost: Int
    ) -> [Range<Int>]? {
        var found: [Range<Int>] = []
        var start = from
        var options = PCRE2_NO_UTF_CHECK  // a String's bytes are valid UTF-8
        let subject = bytes.baseAddress ?? noBytes
        while found.count < atMost, start <= bytes.count {
            var result = pcre2_match_8(code, subject, bytes.count, start, options, data, limits)
            if result == PCRE2_ERROR_JIT_STACKLIMIT {
                result = pcre2_match_8(
                    code, subject, bytes.count, start, options | PCRE2_NO_JIT, data, limits)
            }
            if result == PCRE2_ERROR_NOMATCH {
                guard options & PCRE2_NOTEMPTY_ATSTART != 0 else { return found }
                // After an empty match: none that is not empty stands here, so go on by one character.
                options = PCRE2_NO_UTF_CHECK
                start += 1
                while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start += 1 }
                continue
            }
            guard result > 0, let ends = pcre2_get_ovector_pointer_8(data) else { return nil }
            let range = min(ends[0], ends[1])..<ends[1]
            found.append(range)
            start = range.upperBound
            options = PCRE2_NO_UTF_CHECK
            if range.isEmpty { options |= PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED }
        }
        return found
    }

    /// PCRE2 10.42 still takes no null pointer for an empty pattern.
    nonisolated(unsafe) private static let noBytes: UnsafePointer<UInt8> = {
        let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        byte.initialize(to: 0)
        return UnsafePointer(byte)  // never freed, never written: one byte a process
    }()

    private static func message(_ number: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = pcre2_get_error_message_8(number, &buffer, buffer.count)
        guard length > 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix(Int(length)), as: UTF8.self)
    }
}

/// Why a pattern does not compile.
public struct PatternProblem: Error, Sendable, Hashable {
    /// In PCRE2's words.
    public let message: String
    /// Where, in Unicode scalars from the pattern's start.
    public let offset: Int
    /// Whether it breaks the dialect's grammar; else it is well formed and cannot be searched with here.
    public let isSyntax: Bool

    init(message: String, offset: Int, isSyntax: Bool = true) {
        (self.message, self.offset, self.isSyntax) = (message, offset, isSyntax)
    }
}

extension PatternProblem: CustomStringConvertible {
    public var description: String { "\(message), at character \(offset + 1)" }
}

/// A match that took more steps or memory than it may.
public struct PatternLimit: Error, Sendable, Hashable {}
