import CCrypto

/// SHA-256 (FIPS 180-4) by OpenSSL, piece by piece; `SHA256.digest(of:)` for bytes that lie together.
///
/// The calls of OpenSSL fail only where the library is broken or memory is out: that stops the process,
/// since no digest may be made up.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("OpenSSL gave no digest context") }
        self.context = context
        restart()
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(done == 1, "OpenSSL could not go on with a digest")
    }

    /// Takes the next bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Takes the UTF-8 bytes of a text.
    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// The digest of all that was taken; the next digest begins.
    public mutating func finish() -> ContentDigest {
        let digest = ContentDigest(bytes: finalBytes())
        restart()
        return digest
    }

    /// The digest of bytes that lie together.
    public static func digest(of bytes: UnsafeBufferPointer<UInt8>) -> ContentDigest {
        var hasher = SHA256()
        hasher.update(UnsafeRawBufferPointer(bytes))
        return ContentDigest(bytes: hasher.finalBytes())
    }

    private func restart() {
        precondition(EVP_DigestInit_ex2(context, Self.algorithm, nil) == 1, "OpenSSL has no SHA-256")
    }

    private mutating func finalBytes() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            let done = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(done == 1, "OpenSSL could not finish a digest")
            count = 32
        }
    }

    /// Fetched once, as OpenSSL 3 looks it up anew at every start otherwise. Never written after; the
    /// library allows its use from any thread.
    nonisolated(unsafe) private static let algorithm: OpaquePointer? = EVP_MD_fetch(nil, "SHA256", nil)
}
