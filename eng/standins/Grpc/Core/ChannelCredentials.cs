namespace Grpc.Core;

/// <summary>Says whether a channel must, or must not, use TLS. The certificates themselves are the HTTP handler's affair.</summary>
public abstract class ChannelCredentials
{
    /// <summary>Creates credentials.</summary>
    public ChannelCredentials()
    {
    }

    /// <summary>Gets the demand for no TLS: the address must be http.</summary>
    public static ChannelCredentials Insecure { get; } = new Transport(isSecure: false, callCredentials: null);

    /// <summary>Gets the demand for TLS: the address must be https.</summary>
    public static ChannelCredentials SecureSsl { get; } = new Transport(isSecure: true, callCredentials: null);

    internal virtual bool? IsSecure => null;

    internal virtual CallCredentials? CallCredentials => null;

    /// <summary>Adds credentials that go with every call of the channel.</summary>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        ArgumentNullException.ThrowIfNull(channelCredentials);
        ArgumentNullException.ThrowIfNull(callCredentials);
        var all = channelCredentials.CallCredentials is { } inner ? Core.CallCredentials.Compose(inner, callCredentials) : callCredentials;
        return new Transport(channelCredentials.IsSecure, all);
    }

    private sealed class Transport(bool? isSecure, CallCredentials? callCredentials) : ChannelCredentials
    {
        internal override bool? IsSecure => isSecure;

        internal override CallCredentials? CallCredentials => callCredentials;
    }
}
