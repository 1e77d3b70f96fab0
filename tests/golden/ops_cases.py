"""The cases of ops.json: each function names some, by `add(name, expression, its inputs and what op_case takes)`."""
import torch

from writing import rounded


def V(*values):
    return torch.tensor(values, dtype=torch.float32)


def I(*values):
    return torch.tensor(values, dtype=torch.int64)


A34, B34 = rounded(1, 3, 4), rounded(2, 3, 4)
P34 = rounded(3, 3, 4, lo=0.1, hi=3)
KINK = V(-3.5, -3, -2, -1, -0.5, -0.0, 0, 0.5, 1, 2, 3, 5.5, 6, 7)
WIDE = V(-120, -30, -20.5, -5, -1, -0.1, 0, 0.1, 1, 5, 9.9, 10.5, 20, 20.5, 30, 90)


def arithmetic(add):
    add('add_bcast_row', 'a+b', a=A34, b=rounded(5, 4))
    add('add_bcast_both', 'a+b', a=rounded(6, 3, 1), b=rounded(7, 1, 4))
    add('sub_alpha', 'torch.sub(a,b,alpha=2)', a=A34, b=B34)
    add('mul_bcast_scalar_tensor', 'a*b', a=A34, b=torch.tensor(1.5))
    add('div_bcast', 'a/b', a=A34, b=rounded(8, 3, 1, lo=0.5, hi=2))
    add('rsub_scalar', '1-a', a=A34)
    add('rdiv_scalar', '2/a', a=P34)
    add('pow_scalar2', 'a**2', a=A34)
    add('pow_scalar3', 'a**3', a=A34)
    add('pow_half', 'a**0.5', a=P34)
    add('pow_zero_exponent', 'a**0', a=V(0, 1, -2))
    add('pow_tensor', 'a**b', a=P34, b=B34)
    add('scalar_pow_tensor', '2**a', a=A34)
    add('maximum_ties', 'torch.maximum(a,b)', a=V(1, 2, 3, -1), b=V(1, 3, 2, -1))
    add('minimum_ties', 'torch.minimum(a,b)', a=V(1, 2, 3, -1), b=V(1, 3, 2, -1))
    add('max_zeros_custom_relu', 'torch.max(torch.zeros_like(a),a)', a=V(-1, -0.0, 0, 1, 2))
    add('max_zeros_swapped', 'torch.max(a,torch.zeros_like(a))', a=V(-1, -0.0, 0, 1, 2))
    add('where', 'torch.where(a>0,a,b*2)', a=A34, b=B34)
    add('clamp_edges', 'a.clamp(-1,2)', a=KINK)
    add('clamp_min', 'a.clamp(min=0)', a=KINK)
    add('clamp_max', 'a.clamp(max=2)', a=KINK)
    for f in ('neg', 'abs', 'exp', 'sin', 'cos', 'tanh', 'sigmoid', 'sign', 'floor', 'square', 'expm1', 'erf', 'relu'):
        add('unary_' + f, f'torch.{f}(a)', a=KINK)
    for f in ('log', 'sqrt', 'rsqrt', 'reciprocal', 'log1p', 'log2'):
        add('unary_' + f, f'torch.{f}(a)', a=P34)
    add('fan_out_reuse', 'a*a+a', a=A34)


def activations(add):
    for name, expression in {
            'relu': 'F.relu(a)', 'leaky_relu': 'F.leaky_relu(a,0.01)', 'leaky_relu_02': 'F.leaky_relu(a,0.2)',
            'elu': 'F.elu(a)', 'elu_half': 'F.elu(a,alpha=0.5)', 'selu': 'F.selu(a)', 'celu': 'F.celu(a)',
            'celu_13': 'F.celu(a,alpha=1.3)', 'gelu': 'F.gelu(a)', 'gelu_tanh': "F.gelu(a,approximate='tanh')",
            'silu': 'F.silu(a)', 'mish': 'F.mish(a)', 'hardtanh': 'F.hardtanh(a)', 'hardtanh_m2_3': 'F.hardtanh(a,-2,3)',
            'relu6': 'F.relu6(a)', 'softsign': 'F.softsign(a)', 'hardswish': 'F.hardswish(a)',
            'hardsigmoid': 'F.hardsigmoid(a)', 'tanhshrink': 'F.tanhshrink(a)', 'softshrink': 'F.softshrink(a)',
            'hardshrink': 'F.hardshrink(a)', 'threshold': 'F.threshold(a,1,-7)',
            'rrelu_eval': 'F.rrelu(a,1/8,1/3,False)'}.items():
        add('act_' + name, expression, a=KINK)
    for name, expression in {
            'softplus': 'F.softplus(a)', 'softplus_b2_t5': 'F.softplus(a,2,5)', 'logsigmoid': 'F.logsigmoid(a)',
            'sigmoid': 'torch.sigmoid(a)', 'tanh': 'torch.tanh(a)', 'silu': 'F.silu(a)', 'mish': 'F.mish(a)',
            'gelu': 'F.gelu(a)'}.items():
        add('act_wide_' + name, expression, a=WIDE)
    add('prelu_one', 'F.prelu(a,w)', a=V(-2, -0.0, 0, 1.5), w=V(0.25))
    add('prelu_channel', 'F.prelu(a,w)', a=rounded(9, 2, 3, 2), w=V(0.1, 0.25, 0.5))
    add('rrelu_train', 'F.rrelu(a,1/8,1/3,True)', a=KINK, seed=3)
    add('dropout', 'F.dropout(a,0.4,True)', a=A34, seed=3)
    add('glu', 'F.glu(a,1)', a=A34)
    add('softmax', 'a.softmax(1)', a=A34)
    add('softmax_dim0', 'a.softmax(0)', a=A34)
    add('log_softmax', 'a.log_softmax(1)', a=A34 * 10)


def linear_algebra(add):
    add('matmul', 'a@b', a=A34, b=rounded(10, 4, 2))
    add('matmul_transposed', 'a@b.t()', a=A34, b=B34)
    add('matmul_batch_bcast', 'a@b', a=rounded(11, 2, 1, 2, 3), b=rounded(12, 2, 3, 2))
    add('matvec', 'a@b', a=A34, b=rounded(13, 4))
    add('vecmat', 'a@b', a=rounded(14, 3), b=A34)
    add('dot', 'a@b', a=rounded(15, 5), b=rounded(16, 5))
    add('linear_bias', 'F.linear(x,w,b)', x=A34, w=rounded(17, 2, 4), b=rounded(18, 2))
    add('linear_3d', 'F.linear(x,w,b)', x=rounded(19, 2, 2, 3), w=rounded(20, 2, 3), b=rounded(21, 2))
    add('addmm', 'torch.addmm(c,a,b,beta=0.5,alpha=2)', c=rounded(22, 2), a=A34, b=rounded(23, 4, 2))
    add('outer', 'torch.outer(a,b)', a=rounded(24, 3), b=rounded(25, 2))


def reductions(add):
    add('sum', 'a.sum()', a=A34)
    add('sum_dim_keep', 'a.sum(1,keepdim=True)', a=A34)
    add('sum_dims', 'a.sum((0,2))', a=rounded(26, 2, 3, 2))
    add('mean', 'a.mean()', a=A34)
    add('mean_dim', 'a.mean(0)', a=A34)
    add('var_unbiased', 'a.var(1)', a=A34)
    add('var_biased', 'a.var(1,unbiased=False)', a=A34)
    add('std', 'a.std()', a=A34)
    add('prod_with_zero', 'a.prod()', a=V(2, 0, 3))
    add('prod_two_zeros', 'a.prod()', a=V(2, 0, 0))
    add('max_all_ties', 'a.max()', a=V(1, 3, 3, 2))
    add('amax_ties', 'a.amax(0)', a=V(1, 3, 3, 2))
    add('max_dim_ties', 'a.max(1)', a=torch.tensor([[1., 3, 3], [2, 2, 1]]))
    add('min_dim_ties', 'a.min(1)', a=torch.tensor([[1., 3, 1], [2, 2, 3]]))
    add('argmax_ties_keepdim', 'a.argmax(1,keepdim=True)', a=torch.tensor([[1., 3, 3], [2, 2, 1]]))
    add('argmax_flat', 'a.argmax()', a=torch.tensor([[1., 3, 3], [2, 2, 1]]))
    add('logsumexp', 'a.logsumexp(1)', a=A34)
    add('norm2', 'a.norm()', a=A34)
    add('norm2_zero', 'a.norm()', a=V(0, 0))
    add('cumsum', 'a.cumsum(1)', a=A34)


def shapes(add):
    add('view_transpose_add', 'a.t()+b', a=A34, b=rounded(27, 4, 3))
    add('flip0_mul', 'a.flip(0)*b', a=A34, b=B34)
    add('flip01', 'a.flip(0,1)', a=A34)
    add('step_slice', 'a[:,::2]*2', a=A34)
    add('step_slice_offset', 'a[1:,1::2].exp()', a=A34)
    add('select_row', 'a[1]*b', a=A34, b=rounded(28, 4))
    add('permute_reshape', 'a.permute(2,0,1).reshape(4,3)*b', a=rounded(29, 2, 3, 2), b=rounded(30, 4, 3))
    add('transpose_view_sum', 'a.transpose(0,1).contiguous().view(-1)[2:7]', a=A34)
    add('expand_mul', 'a.expand(3,4)*b', a=rounded(31, 3, 1), b=B34)
    add('cat', 'torch.cat([a,b],1)', a=A34, b=rounded(32, 3, 2))
    add('stack', 'torch.stack([a,b],1)', a=rounded(33, 3), b=rounded(34, 3))
    add('split_sizes', 'torch.split(a,[1,3],1)', a=A34)
    add('chunk', 'torch.chunk(a,2,1)', a=A34)
    add('squeeze_unsqueeze', 'a.unsqueeze(1).squeeze(1)+a.unsqueeze(0)[0]', a=A34)
    add('index_select_repeat', 'a.index_select(0,i)', a=A34, i=I(2, 0, 2))
    add('index_rows', 'a[i]', a=A34, i=I(2, 0, 2, 2))
    add('gather', 'a.gather(1,i)', a=A34, i=torch.tensor([[0, 0], [3, 1], [2, 2]]))
    add('masked_fill', 'a.masked_fill(a>0,-1)', a=A34)
    add('pad_constant', 'F.pad(a,(1,2,0,1),value=0.5)', a=rounded(35, 2, 3))
    add('roll', 'a.roll(1,1)', a=A34)
    add('tril', 'a.tril()', a=A34)
    add('repeat', 'a.repeat(2,1)', a=rounded(36, 2, 2))
    add('flatten', 'a.flatten(1)', a=rounded(37, 2, 2, 2))
    add('embedding', 'F.embedding(i,w)', i=torch.tensor([[0, 2], [2, 1]]), w=rounded(38, 3, 2))


def windows(add):
    add('conv2d', 'F.conv2d(x,w,b)', x=rounded(40, 1, 2, 4, 4), w=rounded(41, 2, 2, 3, 3), b=rounded(42, 2))
    add('conv2d_stride_pad', 'F.conv2d(x,w,b,stride=2,padding=1)',
        x=rounded(43, 2, 1, 5, 4), w=rounded(44, 2, 1, 3, 3), b=rounded(45, 2))
    add('conv2d_dilation', 'F.conv2d(x,w,dilation=2)', x=rounded(46, 1, 1, 5, 5), w=rounded(47, 1, 1, 2, 2))
    add('conv2d_groups', 'F.conv2d(x,w,groups=2,padding=(0,1))', x=rounded(48, 1, 2, 3, 3), w=rounded(49, 4, 1, 2, 2))
    add('conv2d_rect', 'F.conv2d(x,w,stride=(1,2),padding=(1,0))', x=rounded(50, 1, 1, 3, 5), w=rounded(51, 1, 1, 3, 2))
    add('conv1d', 'F.conv1d(x,w,b,padding=1)', x=rounded(52, 1, 2, 4), w=rounded(53, 1, 2, 3), b=rounded(54, 1))
    add('conv_transpose2d', 'F.conv_transpose2d(x,w,b,stride=2,padding=1)',
        x=rounded(55, 1, 2, 2, 2), w=rounded(56, 2, 1, 3, 3), b=rounded(57, 1))
    add('max_pool2d_ties', 'F.max_pool2d(a,2)',
        a=torch.tensor([[[[1., 1, 2, 0], [1, 0, 2, 2], [-1, -1, 3, 3], [-1, -2, 3, 4]]]]))
    add('max_pool2d_stride1_pad', 'F.max_pool2d(a,3,stride=2,padding=1)', a=rounded(58, 1, 1, 5, 5))
    add('max_pool2d_ceil', 'F.max_pool2d(a,2,ceil_mode=True)', a=rounded(59, 1, 1, 3, 3))
    add('avg_pool2d', 'F.avg_pool2d(a,2)', a=rounded(60, 1, 1, 4, 4))
    add('avg_pool2d_pad', 'F.avg_pool2d(a,2,stride=2,padding=1)', a=rounded(61, 1, 1, 3, 3))
    add('avg_pool2d_pad_exclude', 'F.avg_pool2d(a,2,stride=2,padding=1,count_include_pad=False)',
        a=rounded(61, 1, 1, 3, 3))
    add('adaptive_avg_pool2d', 'F.adaptive_avg_pool2d(a,2)', a=rounded(62, 1, 1, 5, 4))


def normalisation(add):
    add('batch_norm1d_train', 'F.batch_norm(x,rm,rv,w,b,training=True)',
        x=rounded(63, 4, 3), rm=rounded(64, 3), rv=rounded(65, 3, lo=0.5), w=rounded(66, 3), b=rounded(67, 3),
        nograd=('rm', 'rv'), after=('rm', 'rv'))
    add('batch_norm2d_train', 'F.batch_norm(x,rm,rv,w,b,training=True,momentum=0.3,eps=1e-3)',
        x=rounded(68, 2, 2, 2, 2), rm=rounded(69, 2), rv=rounded(70, 2, lo=0.5), w=rounded(71, 2), b=rounded(72, 2),
        nograd=('rm', 'rv'), after=('rm', 'rv'))
    add('batch_norm_eval', 'F.batch_norm(x,rm,rv,w,b,training=False)',
        x=rounded(73, 4, 3), rm=rounded(64, 3), rv=rounded(65, 3, lo=0.5), w=rounded(66, 3), b=rounded(67, 3),
        nograd=('rm', 'rv'), after=('rm', 'rv'))
    add('layer_norm', 'F.layer_norm(x,(4,),w,b)', x=A34, w=rounded(74, 4), b=rounded(75, 4))


def losses(add):
    x, t = rounded(80, 4, 3), rounded(81, 4, 3)
    for n in ('mean', 'sum', 'none'):
        add('mse_' + n, f"F.mse_loss(x,t,reduction='{n}')", x=x, t=t)
        add('cross_entropy_' + n, f"F.cross_entropy(x,t,reduction='{n}')", x=x, t=I(0, 2, 1, 1))
    add('l1', 'F.l1_loss(x,t)', x=V(1, 2, 3), t=V(1, 1, 5))
    add('smooth_l1', 'F.smooth_l1_loss(x,t)', x=V(1, 2, 3, 0), t=V(1, 1, 5, 0.5))
    add('smooth_l1_beta', 'F.smooth_l1_loss(x,t,beta=0.5)', x=V(1, 2, 3, 0), t=V(1, 1, 5, 0.5))
    add('huber', 'F.huber_loss(x,t,delta=1.5)', x=V(1, 2, 3, 0), t=V(1, 1, 5, 0.5))
    add('bce', 'F.binary_cross_entropy(x,t)', x=V(0.1, 0.5, 0.9, 0.3), t=V(0, 1, 1, 0.25), nograd=('t',))
    add('bce_saturated', 'F.binary_cross_entropy(x,t)', x=V(0, 1, 0, 1), t=V(0, 1, 1, 0), nograd=('t',))
    add('bce_weight_sum', "F.binary_cross_entropy(x,t,weight=w,reduction='sum')",
        x=V(0.1, 0.5, 0.9), t=V(0, 1, 1), w=V(1, 2, 0.5), nograd=('t', 'w'))
    add('bce_logits', 'F.binary_cross_entropy_with_logits(x,t)',
        x=V(-100, -1, 0, 2, 100), t=V(0, 1, 0.5, 1, 0), nograd=('t',))
    add('bce_logits_pos_weight', 'F.binary_cross_entropy_with_logits(x,t,pos_weight=w)',
        x=V(-3, -1, 0, 2), t=V(0, 1, 0.5, 1), w=V(1, 3, 2, 0.5), nograd=('t', 'w'))
    add('ce_weight', 'F.cross_entropy(x,t,weight=w)', x=x, t=I(0, 2, 1, 1), w=V(1, 2, 0.5), nograd=('w',))
    add('ce_ignore', 'F.cross_entropy(x,t,ignore_index=1)', x=x, t=I(0, 2, 1, 1))
    add('ce_ignore_default', 'F.cross_entropy(x,t)', x=x, t=I(0, -100, 1, 1))
    add('ce_smooth', 'F.cross_entropy(x,t,label_smoothing=0.1)', x=x, t=I(0, 2, 1, 1))
    add('ce_smooth_weight', 'F.cross_entropy(x,t,weight=w,label_smoothing=0.1)',
        x=x, t=I(0, 2, 1, 1), w=V(1, 2, 0.5), nograd=('w',))
    add('ce_smooth_ignore', 'F.cross_entropy(x,t,ignore_index=1,label_smoothing=0.2)', x=x, t=I(0, 2, 1, 1))
    add('ce_prob_targets', 'F.cross_entropy(x,t)',
        x=x, t=torch.tensor([[1., 0, 0], [0.2, 0.3, 0.5], [0, 0.5, 0.5], [1 / 4, 1 / 2, 1 / 4]]), nograd=('t',))
    add('ce_2d', 'F.cross_entropy(x,t)', x=rounded(82, 2, 3, 2), t=torch.tensor([[0, 2], [1, 1]]))
    add('nll', 'F.nll_loss(x,t)', x=x, t=I(0, 2, 1, 1))
    add('nll_weight_sum', "F.nll_loss(x,t,weight=w,reduction='sum')",
        x=x, t=I(0, 2, 1, 1), w=V(1, 2, 0.5), nograd=('w',))
    add('kl_div_batchmean', "F.kl_div(x,t,reduction='batchmean')",
        x=x, t=torch.tensor([[1., 0, 0], [0.2, 0.3, 0.5]]).repeat(2, 1), nograd=('t',))
    add('hinge_embedding', 'F.hinge_embedding_loss(x,t)', x=V(0.5, 2, -1), t=V(1, -1, -1), nograd=('t',))


SECTIONS = [arithmetic, activations, linear_algebra, reductions, shapes, windows, normalisation, losses]
