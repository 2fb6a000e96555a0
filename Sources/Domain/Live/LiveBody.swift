/// A body as it is kept: after redaction, up to a bound.
public struct LiveBody: Sendable, Hashable {
    /// What is kept; empty where only the length is.
    public var bytes: [UInt8]
    /// How long it was on its way, as it was sent (that is, before any decoding).
    public var length: Int
    /// Whether there was more than is kept.
    public var isTruncated: Bool
    /// `Content-Type`, in the sender's words.
    public var contentType: String?
    /// The coding in which the bytes still stand (`br`, or one that could not be undone); nil where they are plain.
    public var encoding: String?
    /// Why nothing or not all of it is kept; nil where all of it is.
    public var omission: Omission?

    public enum Omission: String, Sendable, Hashable, CaseIterable {
        /// Longer than the bound.
        case bound
        /// A content type that the rules do not keep.
        case contentType = "content-type"
        /// A coding that is not undone here, so that it could not be redacted.
        case encoded
        /// Text in which a pattern ran too long, or JSON whose places could not be found, so that it could not be
        /// redacted.
        case unredactable
        /// No memory was left within the recorder's bound.
        case memory
        /// The exchange was kept for its numbers alone.
        case rule
    }

    public init(
        bytes: [UInt8], length: Int, isTruncated: Bool = false, contentType: String? = nil,
        encoding: String? = nil, omission: Omission? = nil
    ) {
        self.bytes = bytes
        self.length = length
        self.isTruncated = isTruncated
        self.contentType = contentType
        self.encoding = encoding
        self.omission = omission
    }

    /// The bytes as text; nil where they are no UTF-8 or still encoded.
    public var text: String? { encoding == nil ? String(validating: bytes, as: UTF8.self) : nil }
}
