import Digest
import Synchronization

/// What names promise, by their hashes: most names come again with every request, and few are told apart.
///
/// A slot is one atomic word, so that any thread may ask; a name that shares its slot with another is looked at again.
final class SecretNameCache: @unchecked Sendable {
    private static let count = 1024
    private static let none: UInt64 = 7
    /// The hash but for its last three bits, which say what the name promises; 0: nothing yet.
    private let slots: UnsafeMutablePointer<Atomic<UInt64>>
    private let seed = UInt64.random(in: .min ... .max)

    init() {
        slots = .allocate(capacity: Self.count)
        for index in 0..<Self.count { (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        slots.deinitialize(count: Self.count)
        slots.deallocate()
    }

    /// The secret that a name promises; nil for none.
    func secret(_ name: UnsafeBufferPointer<UInt8>, in place: SecretNames.Place) -> SecretNames.Secret? {
        guard name.count >= 3 else { return nil }
        let hash = XXHash.xxh3(UnsafeRawBufferPointer(name), seed: seed &+ place.rawValue)
        let slot = slots + Int(hash >> 3) % Self.count
        let word = slot.pointee.load(ordering: .relaxed)
        if word & ~7 == hash & ~7, word & 7 != 0 {
            return SecretNames.Secret(rawValue: UInt8(truncatingIfNeeded: word & 7))
        }
        let secret = SecretNames.secret(name, in: place)
        slot.pointee.store(
            (hash & ~7) | (secret.map { UInt64($0.rawValue) } ?? Self.none), ordering: .relaxed)
        return secret
    }

    func secret(_ name: [UInt8], in place: SecretNames.Place) -> SecretNames.Secret? {
        name.withUnsafeBufferPointer { secret($0, in: place) }
    }
}
