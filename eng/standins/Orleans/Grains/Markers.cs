namespace Orleans.Runtime
{
    /// <summary>Anything that calls can be addressed to.</summary>
    public interface IAddressable
    {
    }

    /// <summary>Finds the context of the grain whose code runs now.</summary>
    public interface IGrainContextAccessor
    {
        /// <summary>The context, or null outside of grain code.</summary>
        IGrainContext GrainContext { get; }
    }
}

namespace Orleans
{
    /// <summary>The base of all grain interfaces.</summary>
    public interface IGrain : Runtime.IAddressable
    {
    }

    /// <summary>A grain with a GUID as key.</summary>
    public interface IGrainWithGuidKey : IGrain
    {
    }

    /// <summary>A grain with an integer as key.</summary>
    public interface IGrainWithIntegerKey : IGrain
    {
    }

    /// <summary>A grain with a text as key.</summary>
    public interface IGrainWithStringKey : IGrain
    {
    }

    /// <summary>A grain with a GUID and a text as key.</summary>
    public interface IGrainWithGuidCompoundKey : IGrain
    {
    }

    /// <summary>A grain with an integer and a text as key.</summary>
    public interface IGrainWithIntegerCompoundKey : IGrain
    {
    }

    /// <summary>The base of interfaces by which grains call back.</summary>
    public interface IGrainObserver : Runtime.IAddressable
    {
    }
}
