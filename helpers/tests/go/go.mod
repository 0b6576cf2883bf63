// What the tests of the Go helper serve. The test writes the version that it has packed.
module tried

go 1.25

require wit_component v0.0.0

replace wit_component => example.com/wasmcp/helpers/go VERSION
