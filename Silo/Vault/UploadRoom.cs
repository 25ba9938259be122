using W0rktree.Core;
using W0rktree.Grains.Abstractions.Vaults;

namespace W0rktree.Silo.Vault;

/// <summary>Says how much an upload may bring: what its tenant may use, within what the vault takes of anybody. One user.</summary>
internal sealed class UploadRoom(VaultOptions limits, UploadAllowance allowance, StorageUse use)
{
    private long _taken;

    /// <summary>Gets the most bytes of one file.</summary>
    public long FileBytes { get; } = Least(limits.MaxContentBytes, allowance.FileBytes);

    /// <summary>Gets the most bytes of the upload.</summary>
    public long UploadBytes { get; } = Least(limits.MaxUploadBytes, allowance.UploadBytes);

    /// <summary>Gets the refusal of more than there is room for. It tells the limit alone: what is used is the matter of those who administer the tenant.</summary>
    public Error Full => new(
        "quota_exceeded", $"The tenant's storage is full: it may hold {allowance.StorageBytes:N0} bytes.", "'wt tenant quota' shows administrators what is used; an operator of the server raises it.");

    /// <summary>Gets the refusal of a file.</summary>
    public Error FileTooLarge => TooLarge("A file", FileBytes, limits.MaxContentBytes);

    /// <summary>Gets the refusal of an upload.</summary>
    public Error UploadTooLarge => TooLarge("An upload", UploadBytes, limits.MaxUploadBytes);

    /// <summary>Tells whether anything more may come.</summary>
    public bool HasRoom => allowance.StorageBytes == 0 || use.HasRoom(allowance.StorageBytes);

    /// <summary>Takes room for bytes; false where there is not as much.</summary>
    public bool TryTake(long bytes)
    {
        if (allowance.StorageBytes == 0)
        {
            return true;
        }

        var taken = use.TryTake(bytes, allowance.StorageBytes);
        _taken += taken ? bytes : 0;
        return taken;
    }

    /// <summary>Ends the taking: what was taken is on disk now, or gone.</summary>
    public void End(bool stay)
    {
        use.End(_taken, stay);
        _taken = 0;
    }

    private static long Least(long most, long allowed) => allowed == 0 ? most : Math.Min(most, allowed);

    private static Error TooLarge(string what, long limit, long most) => limit < most
        ? new Error("quota_exceeded", $"{what} of this tenant has at most {limit:N0} bytes.", "An operator of the server sets it: wt tenant quota")
        : new Error("too_large", $"{what} has at most {limit:N0} bytes.");
}
