import Digest

/// A tester's signed wish for an arm, as a header carries it: `candidate.1795190400.9f86d0…`.
///
/// The signature is HMAC-SHA256 over purpose, salt, arm and expiry, so that a wish holds for one release, one arm and a
/// time, and nobody without the key can make one. Times are seconds since 1970.
public struct TesterOverride: Sendable {
    private let digest: KeyedDigest
    private let salt: String

    /// A shorter key can be guessed.
    public static let leastKeyBytes = 16
    /// What is said of a shorter one.
    public static let shortKey =
        "holds a key of less than \(leastKeyBytes) bytes, which can be guessed: `openssl rand -hex 32`"

    public enum Refusal: Error, Sendable, Hashable { case malformed, expired, forged }

    public init(key: [UInt8], salt: String) {
        digest = KeyedDigest(key: key)
        self.salt = salt
    }

    /// The header's value that asks for an arm until then.
    public func token(for arm: ArmName, until expiry: Int) -> String {
        "\(arm.rawValue).\(expiry).\(signature(arm, expiry))"
    }

    /// The arm that a header's value asks for.
    public func arm(of token: String, at now: Int) throws(Refusal) -> ArmName {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let arm = ArmName(rawValue: String(parts[0])), let expiry = Int(parts[1]),
            String(expiry) == parts[1], parts[2].utf8.count == 64
        else { throw .malformed }
        // Every byte is compared, so that the time tells nothing of where they differ.
        var difference: UInt8 = 0
        for (left, right) in zip(parts[2].utf8, signature(arm, expiry).utf8) { difference |= left ^ right }
        guard difference == 0 else { throw .forged }
        guard now < expiry else { throw .expired }
        return arm
    }

    private func signature(_ arm: ArmName, _ expiry: Int) -> String {
        let text = "sluice-override\n\(salt)\n\(arm.rawValue)\n\(expiry)"
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        for byte in digest.digest(of: Array(text.utf8)) {
            hex.append(digits[Int(byte >> 4)])
            hex.append(digits[Int(byte & 15)])
        }
        return String(decoding: hex, as: UTF8.self)
    }
}

/// The two arms of a release.
public enum ArmName: String, Sendable, Hashable, CaseIterable { case production, candidate }
