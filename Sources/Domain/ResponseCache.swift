/// Observations of earlier runs by a key that holds the target's configuration and observed versions, the example,
/// and the repeat: what was asked before need not be asked again.
public protocol ResponseCache: Sendable {
    func observation(_ key: String) throws(StoreError) -> Observation?
    func keep(_ observation: Observation, _ key: String) throws(StoreError)
}
